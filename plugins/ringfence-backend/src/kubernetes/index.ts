export { createKubernetesClusters } from './createKubernetesClusters';
export type {
  KubernetesClusters,
  UnusableKubernetesCluster,
  UsableKubernetesCluster,
} from './KubernetesClusters';
