import { connect, type Socket } from 'node:net';
import type { GatewayUpstream } from './types';

/** An upstream and the open connection to it. */
export interface Connected {
  readonly upstream: GatewayUpstream;
  readonly socket: Socket;
}

/** Upstreams taken in turn. */
export class Upstreams {
  #upstreams: readonly GatewayUpstream[];
  #next = 0;

  constructor(
    upstreams: readonly GatewayUpstream[],
    private readonly connectTimeoutMs: number,
  ) {
    this.#upstreams = upstreams;
  }

  set(upstreams: readonly GatewayUpstream[]): void {
    this.#upstreams = upstreams;
  }

  /**
   * Connects to the next upstream in turn, or to the first after it that
   * answers.
   *
   * @param serverName - only to those of this name; absent: to those without one
   * @param listener - only to its own; absent: to those of no listener
   * @throws where none does, with what each said
   */
  async connect(serverName?: string, listener?: string): Promise<Connected> {
    const upstreams = this.#upstreams.filter(
      upstream =>
        upstream.serverName === serverName && upstream.listener === listener,
    );
    const first = this.#next++;
    const failures: string[] = [];
    for (let offset = 0; offset < upstreams.length; offset++) {
      const upstream = upstreams[(first + offset) % upstreams.length];
      try {
        return { upstream, socket: await this.#dial(upstream) };
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    throw new Error(
      failures.length > 0
        ? `no upstream takes connections (${failures.join('; ')})`
        : 'there are no upstreams',
    );
  }

  #dial({ address, port }: GatewayUpstream): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address, port, allowHalfOpen: true });
      socket.setTimeout(this.connectTimeoutMs, () =>
        socket.destroy(
          new Error(
            `${address}:${port} did not answer within ${this.connectTimeoutMs} ms`,
          ),
        ),
      );
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        resolve(socket);
      });
    });
  }
}
