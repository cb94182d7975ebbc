import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import {
  createSecureContext,
  createServer as createTlsServer,
  type SecureContextOptions,
  type Server as TlsServer,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls';
import type { Log } from '../log';
import type { ClientValidation, GatewayListener, TlsIdentity } from './types';

/** One listening port; ends TLS where the listener has a certificate. */
export class ListenerServer {
  readonly #sockets = new Set<Socket>();

  private constructor(
    readonly name: string,
    private readonly server: Server,
    private readonly tlsServer: TlsServer | undefined,
    readonly clients: ClientMode,
  ) {
    // Raw sockets, so that a handshake that hangs is closed on stop too.
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens; `accept` gets each connection, TLS already ended. */
  static async open(
    address: string,
    listener: GatewayListener,
    accept: (socket: Socket) => void,
    log: Log,
  ): Promise<ListenerServer> {
    const { tls, name, port } = listener;
    const halfOpen = { allowHalfOpen: true, noDelay: true };
    const tlsServer = tls
      ? createTlsServer(
          { ...halfOpen, ...toContext(listener), ...asking(listener) },
          socket => (isWelcome(socket) ? accept(socket) : socket.destroy()),
        )
      : undefined;
    tlsServer?.on('tlsClientError', (error, socket) => {
      log.debug(`Listener "${name}": handshake failed: ${error.message}`);
      socket.destroy();
    });
    const server = tlsServer ?? createServer(halfOpen, accept);
    const opened = new ListenerServer(
      name,
      server,
      tlsServer,
      clientModeOf(listener),
    );
    server.listen(port, address);
    await once(server, 'listening');
    return opened;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get isTls(): boolean {
    return this.tlsServer !== undefined;
  }

  /** @throws where this is a plaintext listener, or key and certificate do not fit */
  setCertificate(tls: TlsIdentity, clients?: ClientValidation): void {
    if (!this.tlsServer) {
      throw new Error(
        `Listener "${this.name}" takes plaintext: it has no certificate to replace`,
      );
    }
    this.tlsServer.setSecureContext(
      toContext({ name: this.name, tls, clients }),
    );
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** Whether clients are asked for a certificate; it cannot change while the port is open. */
export type ClientMode = 'none' | 'optional' | 'required';

export function clientModeOf({ clients }: GatewayListener): ClientMode {
  if (!clients) return 'none';
  return clients.required ? 'required' : 'optional';
}

function asking(listener: GatewayListener): TlsOptions {
  const mode = clientModeOf(listener);
  return mode === 'none'
    ? {}
    : { requestCert: true, rejectUnauthorized: mode === 'required' };
}

/** Where none is required, one that is shown must still be valid. */
function isWelcome(socket: TLSSocket): boolean {
  return socket.authorized || socket.getPeerX509Certificate() === undefined;
}

function toContext({
  name,
  tls,
  clients,
}: Pick<GatewayListener, 'name' | 'tls' | 'clients'>): SecureContextOptions & {
  ticketKeys: Buffer;
} {
  const options = {
    cert: tls?.certificatePem,
    key: tls?.keyPem,
    ...(clients && { ca: clients.caPem }),
    minVersion: 'TLSv1.2',
    // A session resumed from before would go on with the certificate it saw then.
    ticketKeys: randomBytes(48),
  } as const;
  try {
    createSecureContext(options);
  } catch (error) {
    throw new Error(
      `Certificate of listener "${name}" cannot be used: ${
        (error as Error).message
      }. Give a PEM chain, leaf first, and the key that belongs to it`,
    );
  }
  return options;
}
