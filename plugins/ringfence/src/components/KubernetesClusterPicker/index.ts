export { KubernetesClusterPicker } from './KubernetesClusterPicker';
export {
  KUBERNETES_CLUSTER_PICKER,
  kubernetesClusterPickerSchema,
} from './schema';
export { validateKubernetesCluster } from './validation';
