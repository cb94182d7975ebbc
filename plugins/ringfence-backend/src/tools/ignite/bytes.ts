/** Builds the body of a message; all numbers are little-endian. */
export class MessageWriter {
  readonly #parts: Buffer[] = [];

  byte(value: number): this {
    return this.#push(1, it => it.writeUInt8(value));
  }

  boolean(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  int16(value: number): this {
    return this.#push(2, it => it.writeInt16LE(value));
  }

  int32(value: number): this {
    return this.#push(4, it => it.writeInt32LE(value));
  }

  int64(value: bigint): this {
    return this.#push(8, it => it.writeBigInt64LE(value));
  }

  double(value: number): this {
    return this.#push(8, it => it.writeDoubleLE(value));
  }

  /** Raw, with its length before it. */
  sized(bytes: Buffer): this {
    this.int32(bytes.length);
    this.#parts.push(bytes);
    return this;
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #push(length: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(length);
    write(bytes);
    this.#parts.push(bytes);
    return this;
  }
}

/** Reads the body of a message from its beginning. @throws RangeError where it is shorter than it says */
export class MessageReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    return this.bytes.readUInt8(this.#step(1));
  }

  boolean(): boolean {
    return this.byte() !== 0;
  }

  int16(): number {
    return this.bytes.readInt16LE(this.#step(2));
  }

  int32(): number {
    return this.bytes.readInt32LE(this.#step(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64LE(this.#step(8));
  }

  float(): number {
    return this.bytes.readFloatLE(this.#step(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.#step(8));
  }

  /** What {@link MessageWriter.sized} writes. */
  sized(): Buffer {
    const length = this.int32();
    if (length < 0) throw new RangeError('a length is negative');
    const start = this.#step(length);
    return this.bytes.subarray(start, start + length);
  }

  /** How many things follow, each of at least one byte. */
  count(): number {
    const count = this.int32();
    if (count < 0 || count > this.bytes.length - this.#at) {
      throw new RangeError('more is announced than there is');
    }
    return count;
  }

  #step(length: number): number {
    const start = this.#at;
    if (start + length > this.bytes.length) throw new RangeError('it is cut');
    this.#at += length;
    return start;
  }
}
