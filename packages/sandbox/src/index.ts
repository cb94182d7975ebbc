export { createMemoryKubernetesCluster, defaultKinds } from './store';
export type {
  MemoryKubernetesCluster,
  MemoryKubernetesClusterOptions,
  PodRuntime,
  ServedKind,
} from './store';
