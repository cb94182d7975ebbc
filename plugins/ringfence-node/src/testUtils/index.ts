export { kubernetesClusterContract } from './kubernetesClusterContract';
export type { ContractSetup } from './kubernetesClusterContract';
