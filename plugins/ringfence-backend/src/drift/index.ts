export { driftOf } from './driftOf';
export { readDrift } from './readDrift';
