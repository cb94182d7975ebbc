/**
 * Reads the notation of the protocol from the beginning of a body on.
 *
 * @throws RangeError past the end
 */
export class Reader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  byte(): number {
    return this.take(1)[0];
  }

  short(): number {
    return this.take(2).readUInt16BE();
  }

  int(): number {
    return this.take(4).readInt32BE();
  }

  string(): string {
    return this.take(this.short()).toString('utf8');
  }

  /** In hex. */
  shortBytes(): string {
    return this.take(this.short()).toString('hex');
  }

  /** `null` where the length is negative. */
  value(): Buffer | null {
    const length = this.int();
    return length < 0 ? null : this.take(length);
  }

  strings(count: number): void {
    for (let i = 0; i < count; i++) this.string();
  }

  take(length: number): Buffer {
    const end = this.at + length;
    if (length < 0 || end > this.bytes.length) {
      throw new RangeError(`${length} bytes are not there`);
    }
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }
}

/** Whether a bit is set. */
export function has(flags: number, bit: number): boolean {
  // eslint-disable-next-line no-bitwise
  return (flags & bit) !== 0;
}

/** Without a bit. */
export function without(flags: number, bit: number): number {
  // eslint-disable-next-line no-bitwise
  return flags & ~bit;
}

/** `[short]` of the protocol. */
export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** `[int]` of the protocol. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** `[bytes]` of the protocol. */
export function bytesOf(value: Buffer | null): Buffer {
  return value === null ? int(-1) : Buffer.concat([int(value.length), value]);
}
