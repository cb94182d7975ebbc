import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Counter,
  Gauge,
  Registry,
  type OpenMetricsContentType,
} from 'prom-client';
import { ConnectError } from '../ConnectError';
import type { Proxy } from '../proxy';

/** A running status server. */
export interface StatusServer {
  readonly port: number;
  close(): void;
}

/**
 * Answers `/readyz` (200 while the gateway answers), `/livez` and `/metrics`
 * (OpenMetrics) on all addresses of the machine or pod: kubelet and
 * Prometheus come from outside. None of it is secret.
 *
 * @throws ConnectError where the port cannot be listened on
 */
export async function startStatusServer(
  port: number,
  proxy: Pick<Proxy, 'connectionCount' | 'counts' | 'gatewayAnswers'>,
): Promise<StatusServer> {
  const registry = metricsOf(proxy);
  const server = http.createServer((request, response) => {
    void answer(request.url ?? '/', proxy, registry).then(
      ({ status, type, body }) =>
        response.writeHead(status, { 'content-type': type }).end(body),
    );
  });
  try {
    server.listen(port);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConnectError(
      'LocalPort',
      `Port ${port} for the status cannot be listened on (${code})`,
      'Choose another with --status-port or STATUS_PORT',
      error,
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

type ProxyState = Pick<Proxy, 'connectionCount' | 'counts' | 'gatewayAnswers'>;

async function answer(
  url: string,
  proxy: ProxyState,
  registry: Registry<OpenMetricsContentType>,
) {
  const text = 'text/plain; charset=utf-8';
  switch (url.split('?')[0]) {
    case '/metrics':
      return {
        status: 200,
        type: registry.contentType,
        body: await registry.metrics(),
      };
    case '/livez':
      return { status: 200, type: text, body: 'alive\n' };
    case '/readyz':
      return proxy.gatewayAnswers()
        ? { status: 200, type: text, body: 'ready\n' }
        : { status: 503, type: text, body: 'the gateway does not answer\n' };
    default:
      return { status: 404, type: text, body: 'not found\n' };
  }
}

function metricsOf(proxy: ProxyState): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const open = new Gauge({
    name: 'ringfence_connect_open_connections',
    help: 'Clients that are connected',
    registers: [],
    collect() {
      this.set(proxy.connectionCount());
    },
  });
  const up = new Gauge({
    name: 'ringfence_connect_gateway_up',
    help: 'Whether the gateway answered, and verified, when it was last dialled',
    registers: [],
    collect() {
      this.set(proxy.gatewayAnswers() ? 1 : 0);
    },
  });
  const connections = new Counter({
    name: 'ringfence_connect_connections',
    help: 'Connections by what became of them',
    labelNames: ['result'],
    registers: [],
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(proxy.counts())) {
        this.inc({ result }, count);
      }
    },
  });
  registry.registerMetric(open);
  registry.registerMetric(up);
  registry.registerMetric(connections);
  return registry;
}
