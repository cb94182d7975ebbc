import { Duplex } from 'node:stream';
import { ServiceUnavailableError } from '@backstage/errors';
import type { Exec } from '@kubernetes/client-node';

const DATA_CHANNEL = 0;
const ERROR_CHANNEL = 1;
/** Each channel begins with the number of the port. */
const PORT_BYTES = 2;

/** A WebSocket of Node, which can hold its other side back. */
export type PodSocket = Awaited<ReturnType<Exec['handler']['connect']>> & {
  pause(): void;
  resume(): void;
};

/** The two channels of a forwarded port as one stream. */
export class PodConnection extends Duplex {
  readonly #place: string;
  readonly #begun = new Set<number>();
  #socket?: PodSocket;

  constructor(place: string) {
    super({ allowHalfOpen: false });
    this.#place = place;
    // A refusal may come before whoever asked for the connection listens, and
    // an error that nobody hears would end the process; readers still get it.
    this.on('error', () => {});
  }

  attach(socket: PodSocket): void {
    this.#socket = socket;
    socket.onclose = () => this.push(null);
    socket.onerror = () => {};
  }

  /** @returns whether to keep the connection */
  receive(channel: number, data: Buffer): boolean {
    const isFirst = !this.#begun.has(channel);
    this.#begun.add(channel);
    const content = isFirst ? data.subarray(PORT_BYTES) : data;
    if (content.length === 0) return true;
    if (channel === ERROR_CHANNEL) {
      this.destroy(
        new ServiceUnavailableError(
          `No connection to ${this.#place}: ${content.toString('utf8').trim()}`,
        ),
      );
      return false;
    }
    if (channel === DATA_CHANNEL && !this.push(content)) this.#socket?.pause();
    return true;
  }

  _read(): void {
    this.#socket?.resume();
  }

  _write(
    chunk: Buffer,
    _encoding: string,
    callback: (error?: Error | null) => void,
  ): void {
    const frame = Buffer.concat([Buffer.from([DATA_CHANNEL]), chunk]);
    this.#socket!.send(frame, error => callback(error));
  }

  /** The protocol cannot end one direction alone. */
  _final(callback: () => void): void {
    this.#socket?.close();
    callback();
  }

  _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#socket?.close();
    callback(error);
  }
}
