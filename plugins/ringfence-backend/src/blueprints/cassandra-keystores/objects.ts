import {
  names,
  STORE_SIDES,
  storeNames,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { reaperNames } from './certificates';
import { DATACENTER_API } from './datacenter';
import { operatorNames } from './names';
import type { CassandraKeystoresSpec } from './spec';

const CERT_MANAGER = 'cert-manager.io/v1';

/** The objects that stages wait for. */
export function objectRefs(spec: CassandraKeystoresSpec) {
  const ref = (apiVersion: string, kind: string, name: string): ObjectRef => ({
    apiVersion,
    kind,
    namespace: spec.namespace,
    name,
  });
  return {
    certificate: (name: string) => ref(CERT_MANAGER, 'Certificate', name),
    issuer: (name: string) => ref(CERT_MANAGER, 'Issuer', name),
    datacenter: ref(
      DATACENTER_API.apiVersion,
      DATACENTER_API.kind,
      names.ring(spec),
    ),
    statefulSet: ref('apps/v1', 'StatefulSet', operatorNames.statefulSet(spec)),
    reaper: ref('apps/v1', 'Deployment', reaperNames.deployment(spec)),
  };
}

/** What a CA of its own leaves behind, of both sides; the Secret last, which makes it a CA. */
export function authorityObjects(
  spec: CassandraKeystoresSpec,
  authority: number,
): ObjectRef[] {
  const { certificate, issuer } = objectRefs(spec);
  return STORE_SIDES.filter(
    side =>
      spec.tls[side].enabled && spec.tls[side].issuer.kind === 'self-signed',
  ).flatMap(side => {
    const name = storeNames.authority(spec, side, authority);
    const { namespace } = spec;
    return [
      issuer(name),
      certificate(name),
      { apiVersion: 'v1', kind: 'Secret', namespace, name },
    ];
  });
}
