export { Observer } from './Observer';
export type { ObserverDeps, ObserverOptions } from './Observer';
export type { ObjectSource } from './ObjectSource';
export type { KnownReport, ReportChange, Reports } from './Reports';
export { prometheusOptions } from './telemetry/prometheusOptions';
export { createObserving } from './createObserving';
export type { Observing, ObservingDeps } from './createObserving';
