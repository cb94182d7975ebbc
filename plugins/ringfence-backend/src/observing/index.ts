export { Observer } from './Observer';
export type { ObserverDeps, ObserverOptions } from './Observer';
export type { ObjectSource } from './ObjectSource';
export { createReports } from './Reports';
export type {
  KnownReport,
  ReportChange,
  Reports,
  ReportsDeps,
} from './Reports';
export { prometheusOptions } from './telemetry/prometheusOptions';
export { createObserving } from './createObserving';
export type { Observing, ObservingDeps } from './createObserving';
