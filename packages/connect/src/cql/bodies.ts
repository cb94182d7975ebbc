import { RESPONSE, withBody, type Frame } from './frames';
import { has, Reader, short, without } from './Reader';

/** Bits of a frame's flags. */
const FRAME_COMPRESSED = 0x01;
const FRAME_TRACING = 0x02;
const FRAME_PAYLOAD = 0x04;
const FRAME_WARNING = 0x08;

const UUID_BYTES = 16;
const CONSISTENCY_BYTES = 2;
/** Bit of EXECUTE's flags: the answer may leave the columns' names out. */
const SKIP_METADATA = 0x02;
const COMPRESSION = 'COMPRESSION';

/** A reader that stands where the body proper begins: behind tracing id, warnings and payload. */
export function readerOf({ flags, bytes, body }: Frame): Reader {
  // A body that cannot be read is as one that ends too early.
  if (has(flags, FRAME_COMPRESSED)) throw new RangeError('compressed');
  const reader = new Reader(body);
  // In a request the flag only asks for tracing.
  const traced = has(flags, FRAME_TRACING) && has(bytes[0], RESPONSE);
  if (traced) reader.take(UUID_BYTES);
  if (has(flags, FRAME_WARNING)) reader.strings(reader.short());
  if (!has(flags, FRAME_PAYLOAD)) return reader;
  for (let entries = reader.short(); entries > 0; entries--) {
    reader.string();
    reader.value();
  }
  return reader;
}

/** The compression that a STARTUP asks for; undefined for none. */
export function askedCompression(frame: Frame): string | undefined {
  const reader = readerOf(frame);
  for (let entries = reader.short(); entries > 0; entries--) {
    const key = reader.string();
    const value = reader.string();
    if (key.toLocaleUpperCase('en-US') === COMPRESSION) return value;
  }
  return undefined;
}

/** The id of the statement that an EXECUTE runs, in hex. */
export function executedId(frame: Frame): string {
  return readerOf(frame).shortBytes();
}

/** The same EXECUTE, asking for an answer with the columns' names. */
export function withMetadata(frame: Frame): Buffer {
  const reader = readerOf(frame);
  reader.shortBytes();
  reader.take(CONSISTENCY_BYTES);
  const body = Buffer.from(frame.body);
  const flagsAt = reader.at;
  body[flagsAt] = without(reader.byte(), SKIP_METADATA);
  return withBody(frame, body);
}

/** The type of an EVENT, such as `STATUS_CHANGE`. */
export function eventType(frame: Frame): string {
  return readerOf(frame).string();
}

/** The answer of SUPPORTED, offering no compression: what is compressed cannot be read here. */
export function withoutCompression(frame: Frame): Buffer {
  const reader = readerOf(frame);
  const head = frame.body.subarray(0, reader.at);
  const count = reader.short();
  const parts: Buffer[] = [head, short(count)];
  for (let i = 0; i < count; i++) {
    const from = reader.at;
    const key = reader.string();
    const keyEnd = reader.at;
    reader.strings(reader.short());
    parts.push(
      key === COMPRESSION
        ? Buffer.concat([frame.body.subarray(from, keyEnd), short(0)])
        : frame.body.subarray(from, reader.at),
    );
  }
  return withBody(frame, Buffer.concat(parts));
}
