import {
  SPEC_CONFIG_MAP,
  SPEC_SHA256_ANNOTATION,
  type ManifestDrift,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { isForeignSpec, specSha256Of } from '../databases/storedSpec';
import { describeObject, namespaceRef, refOf } from '../provisioning/objects';
import { managerOf } from './differences';

const SPEC_PATH = ['data', 'spec.yaml'];

/**
 * How the stored spec differs from the one that was provisioned; undefined
 * where it does not, or where nobody can tell.
 */
export async function readSpecDrift(
  kubernetes: KubernetesCluster,
  namespace: string,
): Promise<ManifestDrift | undefined> {
  const [owner, configMap] = await Promise.all([
    kubernetes.get(namespaceRef(namespace)),
    kubernetes.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace,
      name: SPEC_CONFIG_MAP,
    }),
  ]);
  const text = configMap?.data?.['spec.yaml'];
  if (!owner || !configMap || typeof text !== 'string') return undefined;
  if (!isForeignSpec(owner, text)) return undefined;
  const manager = managerOf(configMap, SPEC_PATH);
  return {
    object: describeObject(refOf(configMap)),
    yaml: '# The spec that was provisioned is not stored anywhere else\n',
    drift: [
      {
        field: SPEC_PATH.join('.'),
        wanted: `sha256 ${owner.metadata.annotations?.[SPEC_SHA256_ANNOTATION]}`,
        found: `sha256 ${specSha256Of(text)}`,
        ...(manager && { manager }),
      },
    ],
  };
}
