export { createMemoryKubernetesCluster } from './MemoryKubernetesCluster';
export type {
  MemoryKubernetesCluster,
  MemoryKubernetesClusterOptions,
  PodRuntime,
} from './MemoryKubernetesCluster';
export { defaultKinds } from './kinds';
export type { ServedKind } from './kinds';
export { refOf } from './objects';
