import { InputError } from '@backstage/errors';
import {
  SPEC_CONFIG_MAP,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { parse, stringify } from 'yaml';

const SPEC_KEY = 'spec.yaml';

/**
 * The spec in a database's namespace, as it was stored.
 *
 * @returns undefined where there is none
 * @throws InputError where it is no YAML
 */
export async function readStoredSpec(
  kubernetes: KubernetesCluster,
  namespace: string,
): Promise<unknown> {
  const configMap = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace,
    name: SPEC_CONFIG_MAP,
  });
  const text = configMap?.data?.[SPEC_KEY];
  if (typeof text !== 'string') return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new InputError(
      `ConfigMap "${namespace}/${SPEC_CONFIG_MAP}": ${SPEC_KEY} is no YAML: ${
        (error as Error).message
      }`,
    );
  }
}

/** The ConfigMap that holds a spec. */
export function specConfigMap(spec: DatabaseSpec): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: SPEC_CONFIG_MAP,
      namespace: spec.namespace,
      labels: {
        'app.kubernetes.io/name': spec.blueprint,
        'app.kubernetes.io/instance': spec.name,
      },
    },
    data: { [SPEC_KEY]: stringify(spec) },
  };
}
