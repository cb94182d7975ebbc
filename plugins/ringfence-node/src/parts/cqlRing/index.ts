export * from './CqlRing';
export * from './cqlRingBlueprint';
export { PUBLIC_LOGIN } from './observation';
export {
  CONTAINER_SECURITY,
  DATA_VOLUME,
  DRAIN_BEFORE_STOP,
  memoryVolume,
  podAddress,
  ringPod,
  ringProbes,
  settingsContainer,
} from './pod';
export { CQL_PORT, STORAGE_PORT, STORAGE_TLS_PORT } from './ports';
export { cqlRingRequirements, type CqlRingRequirements } from './requirements';
export {
  completeResources,
  containerResources,
  refuseDevResources,
  ringResourcesSchema,
  type RingResourcePresets,
  type RingResources,
} from './resources';
export { seedHost } from './ringObjects';
export {
  cqlRingShape,
  refuseUnusableRing,
  type CqlRingFields,
  type CqlRingSpec,
} from './spec';
