const TYPES = { int: 3, boolean: 8, string: 9, bytes: 12, null: 101 } as const;

/** Reads what a thin client sends; all numbers are little-endian. */
export class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes.readUInt8(this.#step(1));
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

  raw(length: number): Buffer {
    const start = this.#step(length);
    return this.bytes.subarray(start, start + length);
  }

  /** A text or nothing, as a data object. */
  text(): string | undefined {
    const type = this.byte();
    if (type === TYPES.null) return undefined;
    if (type !== TYPES.string) throw new RangeError('a text is expected');
    return this.raw(this.int32()).toString('utf8');
  }

  #step(length: number): number {
    const start = this.#at;
    if (length < 0 || start + length > this.bytes.length) {
      throw new RangeError('a message is shorter than it says');
    }
    this.#at += length;
    return start;
  }
}

export function byte(value: number): Buffer {
  return Buffer.from([value]);
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16LE(value);
  return bytes;
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** What a column may hold here. */
export type Value = string | number | boolean | null;

/** A data object. */
export function object(value: Value): Buffer {
  if (value === null) return byte(TYPES.null);
  if (typeof value === 'boolean') {
    return Buffer.from([TYPES.boolean, value ? 1 : 0]);
  }
  if (typeof value === 'number') {
    return Buffer.concat([byte(TYPES.int), int32(value)]);
  }
  const text = Buffer.from(value, 'utf8');
  return Buffer.concat([byte(TYPES.string), int32(text.length), text]);
}

/** An array of bytes, as a data object. */
export function bytesObject(value: Buffer): Buffer {
  return Buffer.concat([byte(TYPES.bytes), int32(value.length), value]);
}

/** A message: its length, then its body. */
export function message(...body: readonly Buffer[]): Buffer {
  const whole = Buffer.concat(body);
  return Buffer.concat([int32(whole.length), whole]);
}
