import { MessageReader, MessageWriter } from './bytes';

const LENGTH_BYTES = 4;
/** No question that is asked here has a longer answer; what claims more is not Ignite. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** The answer to a handshake is tiny; with TLS or HTTP in its place it would seem longer. */
const MAX_FIRST_BYTES = 64 * 1024;

/** What answers does not speak the protocol of Ignite's thin clients. */
export class NotIgniteError extends Error {
  readonly name = 'NotIgniteError';
}

/** A message as it is sent: its length, then its body. */
export function frame(body: MessageWriter): Buffer {
  return new MessageWriter().sized(body.toBuffer()).toBuffer();
}

/**
 * The bodies of the messages that come from a stream; ends when `stream` does.
 *
 * @throws NotIgniteError where a length cannot be one
 */
export async function* readMessages(
  stream: AsyncIterable<Buffer>,
): AsyncGenerator<MessageReader> {
  let buffered: Buffer = Buffer.alloc(0);
  let maxBytes = MAX_FIRST_BYTES;
  for await (const chunk of stream) {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= LENGTH_BYTES) {
      const length = buffered.readInt32LE(0);
      if (length <= 0 || length > maxBytes) {
        throw new NotIgniteError(
          'What answers does not speak the protocol of Ignite thin clients',
        );
      }
      const end = LENGTH_BYTES + length;
      if (buffered.length < end) break;
      yield new MessageReader(buffered.subarray(LENGTH_BYTES, end));
      buffered = buffered.subarray(end);
      maxBytes = MAX_BODY_BYTES;
    }
  }
}

/**
 * Reads a message, whose end may come too early.
 *
 * @throws NotIgniteError
 */
export function understand<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new NotIgniteError(
      `A message of Ignite is not what it says: ${error.message}`,
    );
  }
}
