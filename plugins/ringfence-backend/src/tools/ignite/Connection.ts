import type { Duplex } from 'node:stream';
import type { LoginResult } from '@ringfence/backstage-plugin-ringfence-node';
import type { Credentials } from '../credentials';
import { MessageWriter, type MessageReader } from './bytes';
import { frame, readMessages, understand } from './messages';
import { writeValue } from './values';

/** 1.7 is the last version; what came later is a feature. */
const VERSION = [1, 7, 0] as const;
const HANDSHAKE = 1;
const THIN_CLIENT = 2;
const BYTE_ARRAY = 12;
/** The states of a cluster, and groups of its nodes. */
const FEATURES = [2, 4] as const;
const AUTH_FAILED = 2000;

const FLAG_ERROR = 1;
const FLAG_TOPOLOGY_CHANGED = 2;

/** Ignite did not do what it was asked to. */
export class IgniteError extends Error {
  readonly name = 'IgniteError';

  /** @param code - of `ClientStatus` */
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** What a handshake led to: with `accepted` there is a connection. */
export type Opened =
  | { readonly outcome: 'accepted'; readonly connection: Connection }
  | Exclude<LoginResult, { outcome: 'accepted' }>;

/** A connection of a thin client: one question after the other. */
export class Connection {
  #lastId = 0n;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly stream: Duplex,
    private readonly messages: AsyncGenerator<MessageReader>,
  ) {}

  /**
   * Shakes hands over an open stream, which stays the caller's to end.
   *
   * @param credentials - undefined to try without any
   * @throws where the stream ends, or what answers is not Ignite
   */
  static async open(
    stream: Duplex,
    credentials: Credentials | undefined,
  ): Promise<Opened> {
    const messages = readMessages(stream);
    stream.write(frame(handshake(credentials)));
    const answer = await nextOf(messages, 'the login had ended');
    return understand(() => {
      if (answer.boolean()) {
        return {
          outcome: 'accepted',
          connection: new Connection(stream, messages),
        };
      }
      const serverVersion = [answer.int16(), answer.int16(), answer.int16()];
      const message = readText(answer);
      const code = answer.int32();
      return code === AUTH_FAILED
        ? { outcome: 'refused', message }
        : unable(code, message, serverVersion);
    });
  }

  /**
   * Asks for one thing.
   *
   * @param write - the body after the header
   * @param read - the answer after its header
   * @throws IgniteError where it is refused
   */
  request<T>(
    operation: number,
    write: (body: MessageWriter) => void,
    read: (answer: MessageReader) => T,
  ): Promise<T> {
    const work = this.#last.then(() => this.#ask(operation, write, read));
    this.#last = work.catch(() => {});
    return work;
  }

  async #ask<T>(
    operation: number,
    write: (body: MessageWriter) => void,
    read: (answer: MessageReader) => T,
  ): Promise<T> {
    const id = ++this.#lastId;
    const body = new MessageWriter().int16(operation).int64(id);
    write(body);
    this.stream.write(frame(body));
    const answer = await nextOf(this.messages, 'it had answered');
    return understand(() => {
      if (answer.int64() !== id) {
        throw new RangeError('it answers what was not asked');
      }
      const flags = answer.int16();
      // eslint-disable-next-line no-bitwise
      if (flags & FLAG_TOPOLOGY_CHANGED) {
        answer.int64();
        answer.int32();
      }
      // eslint-disable-next-line no-bitwise
      if (flags & FLAG_ERROR) {
        const code = answer.int32();
        throw new IgniteError(code, withoutStatement(readText(answer)));
      }
      return read(answer);
    });
  }
}

function handshake(credentials: Credentials | undefined): MessageWriter {
  const body = new MessageWriter().byte(HANDSHAKE);
  VERSION.forEach(part => body.int16(part));
  body.byte(THIN_CLIENT).byte(BYTE_ARRAY);
  // eslint-disable-next-line no-bitwise
  body.sized(Buffer.from([FEATURES.reduce((sum, bit) => sum | (1 << bit), 0)]));
  if (credentials) {
    writeValue(body, credentials.username);
    writeValue(body, credentials.password);
  }
  return body;
}

function unable(
  code: number,
  message: string,
  version: readonly number[],
): Opened {
  return {
    outcome: 'unreachable',
    message: `the database answered error ${code}: ${message}`,
    ...(/version/i.test(message) && {
      remedy: `It speaks version ${version.join(
        '.',
      )} of the protocol: use Ignite 2.9 or newer, which speaks ${VERSION.join(
        '.',
      )}`,
    }),
  };
}

async function nextOf(
  messages: AsyncGenerator<MessageReader>,
  what: string,
): Promise<MessageReader> {
  const { done, value } = await messages.next();
  if (done) throw new Error(`the connection was closed before ${what}`);
  return value;
}

/** Ignite's parser repeats what it was told, and that may have a password in it. */
function withoutStatement(message: string): string {
  return message.replace(/(?:\s+in|;)?\s+SQL statement\b[^]*$/, '');
}

const STRING = 9;
const NULL = 101;

/** A message for people, which may be missing. */
function readText(from: MessageReader): string {
  const type = from.byte();
  if (type === NULL) return 'it gave no reason';
  if (type !== STRING) throw new RangeError('a text is missing');
  return from.sized().toString('utf8');
}
