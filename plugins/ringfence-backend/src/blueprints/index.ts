export type { BlueprintRegistry, ParsedSpec } from './BlueprintRegistry';
export {
  builtInBlueprints,
  createBlueprintRegistry,
} from './createBlueprintRegistry';
export { scylladbAmbient } from './scylladb-ambient';
