import type { Observed } from '../../blueprint';
import type { Manifest } from '../../kubernetes';
import { toManifest, type IConfigMap } from '../manifest';
import { commonLabels } from '../names';
import {
  authoritySecrets,
  storeNames,
  type Stored,
  type StoreSide,
} from './names';

/** Key of the CAs that nodes trust, in the ConfigMap and in the Secret of a leaf. */
export const TRUST_KEY = 'ca.crt';

/**
 * The CAs that nodes trust, as one PEM file: during a rotation there are two,
 * which no keystore of cert-manager's can hold. None where the issuer is
 * somebody else's, and none until every CA is there: a file that lacks one
 * would shut its clients out.
 */
export function trustManifests(
  spec: Stored,
  side: StoreSide,
  application: string,
  { certificates = {} }: Observed,
): Manifest[] {
  const secrets = authoritySecrets(spec, side);
  const pems = secrets.flatMap(name => certificates[name] ?? []);
  if (secrets.length === 0 || pems.length < secrets.length) return [];
  const configMap: IConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: storeNames.trust(spec, side),
      namespace: spec.namespace,
      labels: commonLabels(spec, application),
    },
    data: { [TRUST_KEY]: pems.map(pem => `${pem.trim()}\n`).join('') },
  };
  return [toManifest(configMap)];
}

/** Where a pod has that file from. */
export function trustVolumeSource(spec: Stored, side: StoreSide) {
  const items = [{ key: TRUST_KEY, path: TRUST_KEY }];
  return authoritySecrets(spec, side).length > 0
    ? { configMap: { name: storeNames.trust(spec, side), items } }
    : { secret: { secretName: storeNames.certificate(spec, side), items } };
}
