import { once } from 'node:events';
import {
  connect,
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import {
  connect as connectTls,
  type ConnectionOptions,
  type TLSSocket,
} from 'node:tls';

/** A server on a free port of 127.0.0.1, and all sockets it has accepted. */
export interface TestServer {
  readonly port: number;
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** Starts a server; `serve` gets each connection, which may be half-open. */
export async function serve(
  onConnection: (socket: Socket) => void,
): Promise<TestServer> {
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, socket => {
    sockets.push(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** Gives back what it gets, and ends when the other side does. */
export function echo(socket: Socket): void {
  socket.pipe(socket);
}

/** A verified TLS connection. @throws where handshake or verification fails */
export async function dialTls(
  port: number,
  options: ConnectionOptions & { allowHalfOpen?: boolean },
): Promise<TLSSocket> {
  // TLS takes `allowHalfOpen` from the socket below it.
  const { allowHalfOpen } = options;
  const raw = connect({ host: '127.0.0.1', port, allowHalfOpen });
  const socket = connectTls({ socket: raw, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** A plaintext connection. */
export async function dialTcp(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  return socket;
}

/** Writes and waits for as many bytes to come back. */
export async function exchange(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  let answer = '';
  while (answer.length < text.length) {
    const [chunk] = await once(socket, 'data');
    answer += chunk;
  }
  return answer;
}
