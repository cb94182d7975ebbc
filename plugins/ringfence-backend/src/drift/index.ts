export { driftOf } from './driftOf';
export { KnownDrift } from './KnownDrift';
export { readDrift } from './readDrift';
export type { ObjectDrift } from './readDrift';
