import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';

/** A Kubernetes cluster, and how often it was asked for something. */
export interface CountedCluster {
  readonly kubernetes: KubernetesCluster;
  /** So far; a list counts as one, however many pages it has. */
  requests(): number;
}

/** Counts what is asked of the API server through the result. */
export function countRequests(kubernetes: KubernetesCluster): CountedCluster {
  let count = 0;
  const counting = new Proxy(kubernetes, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        count += 1;
        return value.apply(target, args);
      };
    },
  });
  return { kubernetes: counting, requests: () => count };
}
