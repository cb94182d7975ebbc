export { builtInBlueprints, createBlueprintRegistry } from '../blueprints';
export type { BlueprintRegistry, ParsedSpec } from '../blueprints';
export { createDatabases } from '../databases';
export type { Databases, StoredDatabase } from '../databases';
export type {
  KubernetesClusters,
  UnusableKubernetesCluster,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
export { createDatabaseTools } from '../tools';
export { systemClock, type Clock } from './clock';
export type { DecommissionRequest } from './decommission';
export { Provisioner, type ProvisionerDeps } from './Provisioner';
export type { CreateTools, RunOptions } from './Session';
