import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CQL,
  errorFrame,
  FrameStream,
  HIGHEST_VERSION,
  withBody,
  type Frame,
} from './frames';
import {
  asLocalProxy,
  eventType,
  executedId,
  preparedId,
  queryText,
  withoutCompression,
  withoutRows,
} from './bodies';

/** What a SELECT is about, where its answer has to be changed. */
type About = 'local' | 'peers';

const ABOUT_NODES = /\bfrom\s+system\s*\.\s*"?(local|peers(?:_v2)?)"?/i;
const CONSISTENCY_BYTES = 2;
/** Bit of EXECUTE's flags: the answer may leave the columns' names out. */
const SKIP_METADATA = 0x02;

/** What has to be remembered between a request and its answer. */
class Session {
  /** By stream id. */
  readonly #asked = new Map<number, About>();
  /** PREPAREs that are under way, by stream id. */
  readonly #preparing = new Map<number, About>();
  /** By the id of a prepared statement, in hex. */
  readonly #prepared = new Map<string, About>();

  constructor(
    private readonly localPort: number,
    private readonly answer: (bytes: Buffer) => void,
  ) {}

  request(frame: Frame): Buffer | undefined {
    if (frame.version > HIGHEST_VERSION) {
      const message = `Invalid or unsupported protocol version (${frame.version}); the lowest supported version is 3 and the greatest is ${HIGHEST_VERSION}`;
      this.answer(errorFrame(frame.bytes, CQL.protocolError, message));
      return undefined;
    }
    switch (frame.opcode) {
      case CQL.opcodes.query:
        this.#remember(this.#asked, frame.stream, aboutOf(frame));
        return frame.bytes;
      case CQL.opcodes.prepare:
        this.#remember(this.#preparing, frame.stream, aboutOf(frame));
        return frame.bytes;
      case CQL.opcodes.execute:
        return this.#execute(frame);
      default:
        return frame.bytes;
    }
  }

  response(frame: Frame): Buffer | undefined {
    if (frame.opcode === CQL.opcodes.supported) {
      return withoutCompression(frame);
    }
    if (frame.opcode === CQL.opcodes.event) {
      return isAboutNodes(frame) ? undefined : frame.bytes;
    }
    const preparing = take(this.#preparing, frame.stream);
    const asked = take(this.#asked, frame.stream);
    if (frame.opcode !== CQL.opcodes.result) return frame.bytes;
    const id = preparing && preparedId(frame);
    if (id) this.#prepared.set(id, preparing);
    if (asked === 'peers') return withoutRows(frame);
    return asked === 'local'
      ? asLocalProxy(frame, this.localPort)
      : frame.bytes;
  }

  #execute(frame: Frame): Buffer {
    const { id, endsAt } = executedId(frame);
    const about = this.#prepared.get(id);
    this.#remember(this.#asked, frame.stream, about);
    if (!about) return frame.bytes;
    // Without their names the columns to change cannot be told.
    const body = Buffer.from(frame.body);
    // eslint-disable-next-line no-bitwise
    body[endsAt + CONSISTENCY_BYTES] &= ~SKIP_METADATA;
    return withBody(frame, body);
  }

  #remember(map: Map<number, About>, stream: number, about?: About) {
    if (about) map.set(stream, about);
    else map.delete(stream);
  }
}

/**
 * Carries CQL both ways and makes the proxy the only node there is, for
 * clients that have no configuration at all: `system.local` gives the proxy's
 * address, `system.peers*` is empty, news of other nodes is left out. Clients
 * are brought to version 4 without compression.
 */
export async function rewritePeers(
  client: Duplex,
  upstream: Duplex,
  localPort: number,
): Promise<void> {
  const session = new Session(localPort, bytes => client.write(bytes));
  const requests = new FrameStream(frame => session.request(frame));
  const responses = new FrameStream(frame => session.response(frame));
  try {
    await Promise.all([
      pipeline(client, requests, upstream),
      pipeline(upstream, responses, client),
    ]);
  } catch {
    // One of the two went away, or did not speak CQL.
  } finally {
    client.destroy();
    upstream.destroy();
  }
}

function aboutOf(frame: Frame): About | undefined {
  const table = ABOUT_NODES.exec(queryText(frame))?.[1];
  if (!table) return undefined;
  return table.toLocaleLowerCase('en-US') === 'local' ? 'local' : 'peers';
}

/** SCHEMA_CHANGE is about no node. */
function isAboutNodes(frame: Frame): boolean {
  return ['STATUS_CHANGE', 'TOPOLOGY_CHANGE'].includes(eventType(frame));
}

function take<K, V>(map: Map<K, V>, key: K): V | undefined {
  const value = map.get(key);
  map.delete(key);
  return value;
}
