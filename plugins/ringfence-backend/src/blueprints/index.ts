export type { BlueprintRegistry, ParsedSpec } from './BlueprintRegistry';
export {
  builtInBlueprints,
  createBlueprintRegistry,
} from './createBlueprintRegistry';
export { cassandraKeystores } from './cassandra-keystores';
export { igniteSidecar } from './ignite-sidecar';
export { k8ssandra } from './k8ssandra';
export { cassandraSidecar } from './cassandra-sidecar';
export { scylladbAmbient } from './scylladb-ambient';
