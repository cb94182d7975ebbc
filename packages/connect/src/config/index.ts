export { resolveTargets } from './resolveTargets';
export type { Overrides } from './resolveTargets';
