export { kubernetesClusterContract } from './kubernetesClusterContract';
export type { ContractSetup } from './kubernetesClusterContract';
export { validateManifest } from './validateManifest';
