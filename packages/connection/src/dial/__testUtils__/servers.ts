import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import {
  mintCa,
  type CertificateRequest,
  type MintedCa,
} from '../../testUtils';
import type { DialTarget } from '../target';

export const NAME = 'orders.example.com';

/** Servers on loopback that end together, and the CA that their clients trust. */
export class Servers {
  readonly #open: Array<() => void> = [];

  private constructor(readonly ca: MintedCa) {}

  static async create(): Promise<Servers> {
    return new Servers(await mintCa({ name: 'orders CA' }));
  }

  /** Closes all that have been started. */
  close(): void {
    this.#open.splice(0).forEach(close => close());
  }

  /** Listens on a port of its own. */
  async listen(server: net.Server): Promise<number> {
    const sockets = new Set<net.Socket>();
    server.on('connection', socket => {
      sockets.add(socket);
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#open.push(() => {
      server.close();
      sockets.forEach(socket => socket.destroy());
    });
    return (server.address() as AddressInfo).port;
  }

  /** A TLS server that greets with the SNI that it was sent. */
  async serve(
    request: CertificateRequest,
    options: tls.TlsOptions = {},
    issuer = this.ca,
  ): Promise<number> {
    const { certPem, keyPem } = await issuer.issue(request);
    const server = tls.createServer(
      { cert: certPem, key: keyPem, ...options },
      socket => {
        socket.on('error', () => {});
        socket.end(`sni:${socket.servername}`);
      },
    );
    server.on('tlsClientError', () => {});
    return this.listen(server);
  }

  /** What a client of one of them dials. */
  target(port: number, changes: Partial<DialTarget> = {}): DialTarget {
    return {
      host: '127.0.0.1',
      port,
      serverName: NAME,
      caPem: this.ca.certPem,
      ...changes,
    };
  }
}
