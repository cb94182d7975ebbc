/**
 * Reads the primitives of the CQL binary protocol, one after the other.
 *
 * @see https://cassandra.apache.org/doc/latest/cassandra/reference/native-protocol.html
 */
export class Reader {
  #offset = 0;

  constructor(private readonly buffer: Buffer) {}

  byte(): number {
    return this.#take(1).readUInt8();
  }

  short(): number {
    return this.#take(2).readUInt16BE();
  }

  int(): number {
    return this.#take(4).readInt32BE();
  }

  string(): string {
    return this.#take(this.short()).toString('utf8');
  }

  longString(): string {
    return this.#take(this.int()).toString('utf8');
  }

  /** @returns undefined for null */
  bytes(): Buffer | undefined {
    const length = this.int();
    return length < 0 ? undefined : this.#take(length);
  }

  shortBytes(): Buffer {
    return this.#take(this.short());
  }

  stringList(): string[] {
    return Array.from({ length: this.short() }, () => this.string());
  }

  stringMap(): Record<string, string> {
    return Object.fromEntries(
      Array.from({ length: this.short() }, () => [
        this.string(),
        this.string(),
      ]),
    );
  }

  /** @throws RangeError where the frame ends before */
  #take(length: number): Buffer {
    const end = this.#offset + length;
    if (length < 0 || end > this.buffer.length) {
      throw new RangeError('the frame ends before its content does');
    }
    const part = this.buffer.subarray(this.#offset, end);
    this.#offset = end;
    return part;
  }
}

export const byte = (value: number) => Buffer.from([value]);

export function short(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16BE(value);
  return buffer;
}

export function int(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

export function string(value: string): Buffer {
  const content = Buffer.from(value);
  return Buffer.concat([short(content.length), content]);
}

export function longString(value: string): Buffer {
  const content = Buffer.from(value);
  return Buffer.concat([int(content.length), content]);
}

export function bytes(value: Buffer | undefined): Buffer {
  return value ? Buffer.concat([int(value.length), value]) : int(-1);
}

export function shortBytes(value: Buffer): Buffer {
  return Buffer.concat([short(value.length), value]);
}

export function stringMultimap(
  value: Readonly<Record<string, readonly string[]>>,
): Buffer {
  const entries = Object.entries(value);
  return Buffer.concat([
    short(entries.length),
    ...entries.flatMap(([key, items]) => [
      string(key),
      short(items.length),
      ...items.map(string),
    ]),
  ]);
}

/** Address and port, as events carry it. IPv4 only: loopback. */
export function inet(address: string, port: number): Buffer {
  return Buffer.concat([byte(4), inetAddress(address), int(port)]);
}

/** The four bytes of an IPv4 address. */
export function inetAddress(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}
