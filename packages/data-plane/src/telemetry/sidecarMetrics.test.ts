import { parseMetrics } from '../__testUtils__/parseMetrics';
import { Telemetry } from './Telemetry';
import type { Flow } from './types';

const orders = {
  workload: 'orders',
  namespace: 'orders',
  serviceAccount: 'orders',
};
const gateway = {
  workload: 'orders-gateway-istio',
  namespace: 'orders',
  serviceAccount: 'orders-gateway-istio',
};
const service = { name: 'orders', namespace: 'orders' };

/** In the order in which Envoy prints them. */
const LABELS = [
  'reporter',
  'source_workload',
  'source_canonical_service',
  'source_canonical_revision',
  'source_workload_namespace',
  'source_principal',
  'source_app',
  'source_version',
  'source_cluster',
  'destination_workload',
  'destination_workload_namespace',
  'destination_principal',
  'destination_app',
  'destination_version',
  'destination_service',
  'destination_canonical_service',
  'destination_canonical_revision',
  'destination_service_name',
  'destination_service_namespace',
  'destination_cluster',
  'request_protocol',
  'response_flags',
  'connection_security_policy',
];

function printed(flow: Flow): string {
  const telemetry = new Telemetry({ proxy: 'sidecar', version: '1.31.1' });
  telemetry.record(flow, { opened: 2, receivedBytes: 9 });
  return telemetry.renderPrometheus();
}

const labelsOf = (flow: Flow) =>
  parseMetrics(printed(flow)).find(
    ({ name }) => name === 'istio_tcp_connections_opened_total',
  )!.labels;

const byDestination = { reporters: ['destination'] as const };
const bySource = { reporters: ['source'] as const };

describe('the metrics of a sidecar', () => {
  it("have Envoy's labels in its order, a type and no help", () => {
    const lines = printed({
      source: gateway,
      destination: orders,
      destinationService: service,
      securityPolicy: 'mutual_tls',
      ...byDestination,
    }).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      '# TYPE istio_build gauge',
      'istio_build{component="proxy",tag="1.31.1"} 1',
    ]);
    expect(lines[2]).toBe('# TYPE istio_tcp_connections_opened_total counter');
    const names = [...lines[3].matchAll(/(\w+)="/g)].map(([, name]) => name);
    expect(names).toEqual(LABELS);
    expect(lines[3]).toMatch(/\} 2$/);
  });

  it('leave out counters that counted nothing', () => {
    const names = parseMetrics(
      printed({
        source: gateway,
        destination: orders,
        securityPolicy: 'unknown',
      }),
    ).map(({ name }) => name);
    expect(names).toEqual([
      'istio_build',
      'istio_tcp_connections_opened_total',
      'istio_tcp_received_bytes_total',
    ]);
  });

  it.each([
    [
      'under mutual TLS, at the destination',
      { securityPolicy: 'mutual_tls', ...byDestination },
      {
        connection_security_policy: 'mutual_tls',
        source_workload: 'orders-gateway-istio',
        source_principal:
          'spiffe://cluster.local/ns/orders/sa/orders-gateway-istio',
        destination_service: 'orders.orders.svc.cluster.local',
        destination_service_name: 'orders',
      },
    ],
    [
      'in plaintext, at the destination, which then knows no source',
      { securityPolicy: 'unknown', ...byDestination },
      {
        connection_security_policy: 'none',
        source_workload: 'unknown',
        source_workload_namespace: 'unknown',
        source_principal: 'unknown',
        destination_principal: 'unknown',
        destination_workload: 'orders',
      },
    ],
    [
      'at the source, which never says how',
      { securityPolicy: 'mutual_tls', ...bySource },
      {
        connection_security_policy: 'unknown',
        destination_principal: 'spiffe://cluster.local/ns/orders/sa/orders',
        destination_workload: 'orders',
      },
    ],
    [
      'passed on by a source that knows no Service for it',
      {
        securityPolicy: 'unknown',
        destinationService: undefined,
        ...bySource,
      },
      {
        source_workload: 'orders-gateway-istio',
        destination_workload: 'unknown',
        destination_service: 'unknown',
        destination_service_name: 'PassthroughCluster',
        destination_service_namespace: 'unknown',
      },
    ],
    [
      'passed on at the destination, whose Services do not have the port',
      {
        securityPolicy: 'mutual_tls',
        destinationService: undefined,
        ...byDestination,
      },
      {
        destination_service: 'orders',
        destination_service_name: 'InboundPassthroughCluster',
        destination_service_namespace: 'orders',
      },
    ],
  ] as const)('tell of a connection %s', (_, part, expected) => {
    const flow: Flow = {
      source: gateway,
      destination: orders,
      destinationService: service,
      ...part,
    };
    expect(labelsOf(flow)).toMatchObject(expected);
  });
});
