import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/**
 * Publishes the portal's metrics for Prometheus, on this machine alone, where
 * OTEL_EXPORTER_PROMETHEUS_PORT names a port. Imported before all that measures.
 */
const port = Number(process.env.OTEL_EXPORTER_PROMETHEUS_PORT);
if (port) {
  const exporter = new PrometheusExporter({ host: '127.0.0.1', port });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
}
