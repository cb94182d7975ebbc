import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { Connection } from '@ringfence/connection';
import { fingerprintsOf, type DialTarget } from '@ringfence/connection/dial';
import {
  mintCa,
  type CertificateRequest,
} from '@ringfence/connection/testUtils';

export const SERVER_NAME = 'orders.example.com';

/** A TLS server in the place of a gateway, and the CA that clients of it trust. */
export interface TestGateway {
  readonly port: number;
  readonly caPem: string;
  readonly sockets: Set<tls.TLSSocket>;
  target(changes?: Partial<DialTarget>): DialTarget;
  connection(changes?: Partial<Connection>): Connection;
  close(): void;
}

/** Starts one; without `onConnection` it echoes. */
export async function startTestGateway(
  onConnection: (socket: tls.TLSSocket) => void = socket => socket.pipe(socket),
  request: CertificateRequest = { dnsNames: [SERVER_NAME] },
): Promise<TestGateway> {
  const ca = await mintCa({ name: 'orders CA' });
  const { certPem, keyPem } = await ca.issue(request);
  const sockets = new Set<tls.TLSSocket>();
  const server = tls.createServer(
    { cert: certPem, key: keyPem, allowHalfOpen: true },
    socket => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      onConnection(socket);
    },
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    caPem: ca.certPem,
    sockets,
    target: changes => ({
      host: '127.0.0.1',
      port,
      serverName: SERVER_NAME,
      caPem: ca.certPem,
      ...changes,
    }),
    connection: changes => connectionFor(port, ca.certPem, changes),
    close: () => {
      server.close();
      sockets.forEach(socket => socket.destroy());
    },
  };
}

/** A `connection.json` for a gateway on a loopback port. */
export function connectionFor(
  port: number,
  caPem: string,
  changes: Partial<Connection> = {},
): Connection {
  return {
    apiVersion: 'ringfence.dev/v1',
    kind: 'Connection',
    database: {
      name: 'orders',
      kubernetesCluster: 'eu-1',
      namespace: 'orders',
      blueprint: 'scylladb-ambient',
    },
    protocol: 'cql',
    tls: {
      serverName: SERVER_NAME,
      caFile: 'ca.crt',
      caSha256: fingerprintsOf(caPem),
      minVersion: 'TLSv1.2',
    },
    endpoints: [{ scope: 'external', host: '127.0.0.1', port }],
    role: 'orders_app',
    ...changes,
  };
}

/** Connects in plaintext. */
export async function connectTo(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

/** Everything that arrives until the other side ends. */
export async function readAll(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Waits until `condition` holds, looking again on every turn of the clock. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
}

/** Waits until `measure` has given the same number for a while: nothing moves any more. */
export async function untilStill(measure: () => number): Promise<number> {
  let last = -1;
  for (let same = 0; same < 20; ) {
    const next = measure();
    same = next === last ? same + 1 : 0;
    last = next;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return last;
}
