import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  askedCompression,
  eventType,
  executedId,
  withMetadata,
  withoutCompression,
} from './bodies';
import {
  CQL,
  errorFrame,
  HIGHEST_VERSION,
  LOWEST_VERSION,
  NotCqlError,
  RESPONSE,
  type Frame,
} from './frames';
import { FrameStream } from './FrameStream';
import {
  aboutOfRows,
  asLocalNode,
  prepared,
  withoutRows,
  type LocalNode,
} from './results';

/** Carries what passes between a client and the gateway. */
export type Rewrite = (
  client: Duplex,
  upstream: Duplex,
  localPort: number,
) => Promise<void>;

/** More statements about nodes than drivers have; the oldest is forgotten. */
const MAX_STATEMENTS = 1_000;
/** A client that goes on after as many refusals does not read them. */
const MAX_REFUSALS = 16;

/** What all connections of a proxy share. */
class Shared {
  /** One node is behind every connection, whichever of the ring answers. */
  readonly hostId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  /** Statements about nodes: drivers prepare on one connection and execute on another. */
  readonly #statements = new Set<string>();

  remember(id: string): void {
    this.#statements.add(id);
    if (this.#statements.size <= MAX_STATEMENTS) return;
    const [oldest] = this.#statements;
    this.#statements.delete(oldest);
  }

  knows(id: string): boolean {
    return this.#statements.has(id);
  }
}

/** One connection. */
class Session {
  readonly requests = new FrameStream({
    change: frame => readable(frame, () => this.#request(frame)),
    expect: requireRequest,
  });
  readonly responses = new FrameStream({
    change: frame => readable(frame, () => this.#response(frame)),
    expect: requireResponse,
    wants: frame =>
      frame.opcode === CQL.opcodes.result &&
      readable(undefined, () => aboutOfRows(frame)) !== undefined,
  });
  readonly #shared: Shared;
  readonly #node: LocalNode;
  #refusals = 0;

  constructor(shared: Shared, port: number) {
    this.#shared = shared;
    this.#node = { port, hostId: shared.hostId };
  }

  #request(frame: Frame): Buffer | undefined {
    if (frame.version > HIGHEST_VERSION) {
      return this.#refuse(
        frame,
        `Invalid or unsupported protocol version (${frame.version}); the lowest supported version is ${LOWEST_VERSION} and the greatest is ${HIGHEST_VERSION}`,
      );
    }
    if (frame.opcode === CQL.opcodes.startup) return this.#startup(frame);
    const asksForNodes =
      frame.opcode === CQL.opcodes.execute &&
      this.#shared.knows(executedId(frame));
    // Without their names the columns to change cannot be told.
    return asksForNodes ? withMetadata(frame) : frame.bytes;
  }

  /** Drivers that are told to compress do not ask whether they may. */
  #startup(frame: Frame): Buffer | undefined {
    const compression = askedCompression(frame);
    if (compression === undefined) return frame.bytes;
    return this.#refuse(
      frame,
      `Unknown compression algorithm: ${compression}. ringfence-connect --rewrite-peers reads what passes: switch compression off in the driver`,
    );
  }

  #response(frame: Frame): Buffer | undefined {
    switch (frame.opcode) {
      case CQL.opcodes.supported:
        return withoutCompression(frame);
      case CQL.opcodes.event:
        return isAboutNodes(frame) ? undefined : frame.bytes;
      case CQL.opcodes.result:
        return this.#result(frame);
      default:
        return frame.bytes;
    }
  }

  #result(frame: Frame): Buffer {
    switch (aboutOfRows(frame)) {
      case 'local':
        return asLocalNode(frame, this.#node);
      case 'peers':
        return withoutRows(frame);
      default: {
        const statement = prepared(frame);
        if (statement?.about) this.#shared.remember(statement.id);
        return frame.bytes;
      }
    }
  }

  #refuse(request: Frame, message: string): undefined {
    this.#refusals++;
    if (this.#refusals > MAX_REFUSALS) {
      throw new NotCqlError(`a request after ${MAX_REFUSALS} refusals`);
    }
    const answer = errorFrame(request.bytes, CQL.protocolError, message);
    this.responses.insert(answer);
    return undefined;
  }
}

/**
 * Makes the proxy the only node there is, for clients that have no
 * configuration at all: `system.local` gives the proxy's address,
 * `system.peers*` is empty, news of other nodes is left out. Clients are
 * brought to version 4 without compression.
 *
 * @returns what carries one connection; rejects with NotCqlError where a client does not speak CQL
 */
export function createPeersRewriter(): Rewrite {
  const shared = new Shared();
  return async (client, upstream, localPort) => {
    const { requests, responses } = new Session(shared, localPort);
    try {
      await Promise.all([
        pipeline(client, requests, upstream),
        pipeline(upstream, responses, client),
      ]);
    } catch (error) {
      if (error instanceof NotCqlError) throw error;
      // Else one of the two went away.
    } finally {
      client.destroy();
      upstream.destroy();
    }
  };
}

/** What cannot be read is passed on as it is: the other side judges it. */
function readable<T>(frame: Frame, read: () => T): T | Buffer;
function readable<T>(frame: undefined, read: () => T): T | undefined;
function readable<T>(frame: Frame | undefined, read: () => T) {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return frame?.bytes;
    throw error;
  }
}

function requireRequest(firstByte: number): void {
  if (firstByte >= RESPONSE || firstByte < LOWEST_VERSION) {
    throw begins('a request', firstByte);
  }
}

function requireResponse(firstByte: number): void {
  if (firstByte < RESPONSE + LOWEST_VERSION)
    throw begins('an answer', firstByte);
}

function begins(what: string, firstByte: number): NotCqlError {
  const byte = firstByte.toString(16).padStart(2, '0');
  return new NotCqlError(`${what} that begins with the byte 0x${byte}`);
}

/** SCHEMA_CHANGE is about no node. */
function isAboutNodes(frame: Frame): boolean {
  return ['STATUS_CHANGE', 'TOPOLOGY_CHANGE'].includes(eventType(frame));
}
