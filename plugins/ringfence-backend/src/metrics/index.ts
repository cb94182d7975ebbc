export { METRICS, publishMetrics } from './publishMetrics';
export type { ProbeMetrics } from './publishMetrics';
