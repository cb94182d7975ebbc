import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import type { Socket } from 'node:net';

/** A way to an API server that can fall silent: it goes on taking connections and answers nothing. */
export class Relay {
  readonly #sockets = new Set<Socket>();
  #hangs: boolean;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
    { hangs }: { readonly hangs: boolean },
  ) {
    this.#hangs = hangs;
    server.on('connection', socket => this.#take(socket));
  }

  /** @param url - of the API server */
  static async start(url: string, options = { hangs: false }): Promise<Relay> {
    const { hostname, port } = new URL(url);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Relay(server, { host: hostname, port: Number(port) }, options);
  }

  /** Writes a kubeconfig that leads through it. */
  async writeKubeconfig(from: string, to: string): Promise<string> {
    const config = JSON.parse(await readFile(from, 'utf8'));
    const { port } = this.server.address() as AddressInfo;
    config.clusters[0].cluster.server = `https://127.0.0.1:${port}`;
    await writeFile(to, JSON.stringify(config), { mode: 0o600 });
    return to;
  }

  /** Nothing comes through any more, in either direction; nobody is told. */
  hang(): void {
    this.#hangs = true;
    this.#sockets.forEach(socket => socket.unpipe().pause());
  }

  /** What was held up is lost; whoever comes now is let through. */
  resume(): void {
    this.#hangs = false;
    this.#sockets.forEach(socket => socket.destroy());
  }

  async stop(): Promise<void> {
    this.#sockets.forEach(socket => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  #take(client: Socket): void {
    this.#keep(client);
    if (this.#hangs) return;
    const upstream = connect(this.target);
    this.#keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
