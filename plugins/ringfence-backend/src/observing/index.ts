export { Observer } from './Observer';
export type { ObserverDeps, ObserverOptions } from './Observer';
export type { ObjectSource } from './ObjectSource';
