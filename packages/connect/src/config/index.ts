export { resolveTargets } from './resolveTargets';
export type { Overrides } from './resolveTargets';
export { defaultLocalPort } from './localPort';
