export { createMemoryKubernetesCluster } from './MemoryKubernetesCluster';
export type {
  MemoryKubernetesCluster,
  MemoryKubernetesClusterOptions,
  PodRuntime,
} from './MemoryKubernetesCluster';
export { apiVersionOf, defaultKinds, resourceOf } from './kinds';
export type { ServedKind } from './kinds';
export { refOf } from './objects';
