export { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';
