export { kubernetesClusterContract } from './kubernetesClusterContract';
export type {
  ContractOptions,
  ContractPod,
  ContractSetup,
} from './kubernetesClusterContract';
export { validateManifest } from './validateManifest';
