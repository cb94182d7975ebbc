import type { Duplex } from 'node:stream';
import { NotAllowedError } from '@backstage/errors';
import type {
  KubernetesCluster,
  KubernetesObject,
  PodRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { hasLabels } from '../../checks/objects';

/** What a {@link fakeCluster} is made of. */
export interface FakeClusterOptions {
  readonly objects: readonly KubernetesObject[];
  /** Kinds that may not be read. */
  readonly forbidden?: readonly string[];
  /** Kinds that may be read in a namespace but not everywhere. */
  readonly namespacedOnly?: readonly string[];
  readonly portForward?: (pod: PodRef, port: number) => Promise<Duplex>;
}

/** A Kubernetes cluster that can only be read; every other method is missing. */
export function fakeCluster(options: FakeClusterOptions): KubernetesCluster {
  const refuse = (verb: string, kind: string, namespace?: string) => {
    const everywhere = options.namespacedOnly?.includes(kind) && !namespace;
    if (everywhere || options.forbidden?.includes(kind)) {
      throw new NotAllowedError(
        `${verb} ${kind} is forbidden in "${namespace}"`,
      );
    }
  };
  const cluster: Partial<KubernetesCluster> = {
    name: 'eu-1',
    get: async ({ kind, name, namespace }) => {
      refuse('get', kind, namespace);
      return options.objects.find(
        object =>
          object.kind === kind &&
          object.metadata.name === name &&
          object.metadata.namespace === namespace,
      );
    },
    list: async ({ kind, namespace, labels = {} }) => {
      refuse('list', kind, namespace);
      return options.objects.filter(
        object =>
          object.kind === kind &&
          (!namespace || object.metadata.namespace === namespace) &&
          hasLabels(object, labels),
      );
    },
    portForward: options.portForward,
  };
  return cluster as KubernetesCluster;
}

/** A Secret with these texts. */
export function secretObject(
  name: string,
  texts: Record<string, string>,
  namespace = 'orders',
): KubernetesObject {
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      Buffer.from(text).toString('base64'),
    ]),
  );
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    data,
  };
}
