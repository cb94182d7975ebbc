import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** As little of a thin client as the contract needs: it sends bodies and is told those that come back. */
export class RawIgniteClient {
  #buffered: Buffer = Buffer.alloc(0);

  private constructor(private readonly socket: Socket) {}

  static async open(address: string, port: number): Promise<RawIgniteClient> {
    const socket = connect(port, address);
    socket.on('error', () => {});
    await once(socket, 'connect');
    return new RawIgniteClient(socket);
  }

  /** @returns the body of the next message; undefined where the connection ends */
  async ask(body: Buffer): Promise<Buffer | undefined> {
    const length = Buffer.alloc(4);
    length.writeInt32LE(body.length);
    this.socket.write(Buffer.concat([length, body]));
    for await (const chunk of this.socket.iterator({
      destroyOnReturn: false,
    })) {
      this.#buffered = Buffer.concat([this.#buffered, chunk]);
      if (this.#buffered.length < 4) continue;
      const end = 4 + this.#buffered.readInt32LE(0);
      if (this.#buffered.length < end) continue;
      const answer = this.#buffered.subarray(4, end);
      this.#buffered = this.#buffered.subarray(end);
      return answer;
    }
    return undefined;
  }

  close(): void {
    this.socket.destroy();
  }
}
