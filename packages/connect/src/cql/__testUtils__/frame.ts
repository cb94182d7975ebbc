/** A frame; unless told otherwise OPTIONS of version 4. */
export function frame(parts: {
  readonly version?: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly opcode?: number;
  readonly body?: Buffer | string;
}): Buffer {
  const { version = 4, flags = 0, stream = 0, opcode = 5, body = '' } = parts;
  const header = Buffer.from([version, flags, 0, 0, opcode, 0, 0, 0, 0]);
  header.writeInt16BE(stream, 2);
  const bytes = Buffer.from(body);
  header.writeInt32BE(bytes.length, 5);
  return Buffer.concat([header, bytes]);
}

/** A frame of an answer. */
export function answer(opcode: number, body: Buffer, flags = 0): Buffer {
  return frame({ version: 0x84, opcode, body, flags });
}

/** `[int]` of the protocol. */
export function int(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

/** `[short]` of the protocol. */
export function short(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}

/** `[string]` of the protocol. */
export function string(text: string): Buffer {
  return Buffer.concat([short(text.length), Buffer.from(text)]);
}

/** `[bytes]` of the protocol. */
export function value(bytes: Buffer | null): Buffer {
  return bytes ? Buffer.concat([int(bytes.length), bytes]) : int(-1);
}

/** `[string map]` of the protocol. */
export function stringMap(entries: Record<string, string>): Buffer {
  const pairs = Object.entries(entries);
  return Buffer.concat([short(pairs.length), ...pairs.flat().map(string)]);
}
