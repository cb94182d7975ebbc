import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Telemetry } from './Telemetry';

/** Where to serve which telemetry. */
export interface TelemetryServerOptions {
  /** Loopback address to listen on. */
  readonly address: string;
  /** `/stats/prometheus`, `/healthz/ready`. 15020 in a mesh; 0: any free one. */
  readonly statsPort: number;
  /** `/config_dump`. 15000 in a mesh; 0: any free one. Absent: none, as a sidecar's is of its pod alone. */
  readonly adminPort?: number;
  readonly telemetry: Telemetry;
}

/** The HTTP servers of a ztunnel or a sidecar. */
export interface TelemetryServer {
  readonly address: string;
  readonly statsPort: number;
  readonly adminPort?: number;
  /** May be called again. */
  stop(): Promise<void>;
}

/** Serves telemetry as ztunnel and sidecars do. */
export async function startTelemetryServer(
  options: TelemetryServerOptions,
): Promise<TelemetryServer> {
  const { address, telemetry } = options;
  const stats = await listen(address, options.statsPort, {
    '/stats/prometheus': () => ({
      type: 'text/plain; charset=utf-8',
      body: telemetry.renderPrometheus(),
    }),
    '/healthz/ready': () => ({ type: 'text/plain', body: 'ready\n' }),
  });
  try {
    const admin =
      options.adminPort === undefined
        ? undefined
        : await listen(address, options.adminPort, {
            '/config_dump': () => ({
              type: 'application/json',
              body: telemetry.renderConfigDump(),
            }),
          });
    return {
      address,
      statsPort: portOf(stats),
      adminPort: admin && portOf(admin),
      stop: async () => {
        await Promise.all([close(stats), admin && close(admin)]);
      },
    };
  } catch (error) {
    await close(stats);
    throw error;
  }
}

type Pages = Readonly<Record<string, () => { type: string; body: string }>>;

async function listen(
  address: string,
  port: number,
  pages: Pages,
): Promise<Server> {
  const server = createServer(answer(pages));
  server.listen(port, address);
  await once(server, 'listening');
  return server;
}

function answer(pages: Pages): RequestListener {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://ztunnel');
    if (!Object.hasOwn(pages, pathname)) {
      response.writeHead(404).end();
      return;
    }
    const { type, body } = pages[pathname]();
    response.writeHead(200, { 'content-type': type }).end(body);
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
