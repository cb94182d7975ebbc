import { silentLog } from '../log';
import { Telemetry } from '../telemetry/Telemetry';
import { parseMetrics } from '../__testUtils__/parseMetrics';
import { dialTcp, echo, exchange, serve } from '../__testUtils__/sockets';
import { until } from '../__testUtils__/until';
import { startGateway } from './startGateway';

it('counts what passes, as traffic of its own identity under mutual TLS', async () => {
  const telemetry = new Telemetry();
  const server = await serve(echo);
  const gateway = await startGateway({
    address: '127.0.0.1',
    listeners: [{ name: 'cql', port: 0 }],
    upstreams: [
      {
        address: '127.0.0.1',
        port: server.port,
        workload: 'orders',
        namespace: 'orders',
        serviceAccount: 'orders',
      },
    ],
    identity: {
      workload: 'orders-gateway-istio',
      namespace: 'orders',
      serviceAccount: 'orders-gateway-istio',
    },
    telemetry,
    log: silentLog,
  });
  const client = await dialTcp(gateway.ports.cql);
  await exchange(client, 'hello');
  client.end();
  await until(() => gateway.openConnections === 0);

  const samples = parseMetrics(telemetry.renderPrometheus());
  const value = (name: string) => samples.filter(it => it.name === name);
  for (const [name, expected] of [
    ['istio_tcp_connections_opened_total', 1],
    ['istio_tcp_connections_closed_total', 1],
    ['istio_tcp_received_bytes_total', 5],
    ['istio_tcp_sent_bytes_total', 5],
  ] as const) {
    expect(value(name)).toEqual([
      {
        name,
        value: expected,
        labels: expect.objectContaining({
          reporter: 'destination',
          source_workload: 'orders-gateway-istio',
          source_principal:
            'spiffe://cluster.local/ns/orders/sa/orders-gateway-istio',
          destination_workload: 'orders',
          connection_security_policy: 'mutual_tls',
        }),
      },
    ]);
  }
  await gateway.stop();
  await server.close();
});
