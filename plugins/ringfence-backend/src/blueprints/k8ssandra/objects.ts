import {
  encryptedSides,
  isOwnAuthority,
  names,
  storeNames,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  localDatacenters,
  OPERATOR_KINDS,
  operatorNames,
  ownNames,
  racksOf,
} from './names';
import type { K8ssandraSpec } from './spec';

const CERT_MANAGER = 'cert-manager.io/v1';

/** The objects that stages wait for. */
export function objectRefs(spec: K8ssandraSpec) {
  const { namespace } = spec;
  const ref = (apiVersion: string, kind: string, name: string): ObjectRef => ({
    apiVersion,
    kind,
    namespace,
    name,
  });
  return {
    certificate: (name: string) => ref(CERT_MANAGER, 'Certificate', name),
    issuer: (name: string) => ref(CERT_MANAGER, 'Issuer', name),
    cluster: {
      ...OPERATOR_KINDS.cluster,
      namespace,
      name: names.ring(spec),
    } as ObjectRef,
    /** Those in this Kubernetes cluster. */
    datacenters: localDatacenters(spec).map(
      ({ name }): ObjectRef => ({
        ...OPERATOR_KINDS.datacenter,
        namespace,
        name,
      }),
    ),
    statefulSets: localDatacenters(spec).flatMap(datacenter =>
      racksOf(datacenter).map(rack =>
        ref(
          'apps/v1',
          'StatefulSet',
          operatorNames.statefulSet(spec, datacenter, rack),
        ),
      ),
    ),
  };
}

/** What a CA of its own leaves behind, of both sides: also the truststore that it shared with the next one. Its Secret comes after what makes it a CA. */
export function authorityObjects(
  spec: K8ssandraSpec,
  authority: number,
): ObjectRef[] {
  const { certificate, issuer } = objectRefs(spec);
  return encryptedSides(spec)
    .filter(side => isOwnAuthority(spec, side))
    .flatMap(side => {
      const name = storeNames.authority(spec, side, authority);
      const { namespace } = spec;
      return [
        issuer(name),
        certificate(name),
        { apiVersion: 'v1', kind: 'Secret', namespace, name },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          namespace,
          name: ownNames.trust(spec, side),
        },
      ];
    });
}
