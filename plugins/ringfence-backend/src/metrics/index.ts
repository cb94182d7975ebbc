export { createProbeMetrics, METRICS, publishMetrics } from './publishMetrics';
export type { ProbeMetrics } from './publishMetrics';
