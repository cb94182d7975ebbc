import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { execute } from './execute';
import {
  CqlError,
  encodeResponse,
  errorCodes,
  FrameParser,
  opcodes,
  PROTOCOL_VERSION,
  type Request,
} from './frames';
import {
  bindValues,
  countMarkers,
  encodeError,
  encodeEvent,
  encodeOutcome,
  encodePrepared,
  readValues,
} from './messages';
import {
  bytes,
  Reader,
  shortBytes,
  string,
  stringMultimap,
} from './primitives';
import type { StubEvent, StubNode, StubState } from './StubState';

const AUTHENTICATOR = 'org.apache.cassandra.auth.PasswordAuthenticator';
const EVENT_STREAM = -1;

/** One client's connection to one node. */
export class StubConnection {
  readonly #parser = new FrameParser();
  readonly #events = new Set<string>();
  #started = false;
  #role: string | undefined;
  #keyspace: string | undefined;

  constructor(
    private readonly state: StubState,
    private readonly node: StubNode,
    private readonly socket: Socket,
  ) {
    const tell = (event: StubEvent) => this.#tell(event);
    state.listeners.add(tell);
    socket.once('close', () => state.listeners.delete(tell));
    // A client that goes away is no concern of the ring.
    socket.on('error', () => {});
    socket.on('data', chunk => this.#receive(chunk));
  }

  #receive(chunk: Buffer): void {
    try {
      for (const request of this.#parser.push(chunk)) this.#answer(request);
    } catch (error) {
      this.#fail(0, error);
      this.socket.end();
    }
  }

  #answer(request: Request): void {
    try {
      this.#requireVersion(request);
      const [opcode, body] = this.#handle(request);
      this.#send(request.stream, opcode, body);
    } catch (error) {
      this.#fail(request.stream, error);
      if (request.version !== PROTOCOL_VERSION) this.socket.end();
    }
  }

  #fail(stream: number, error: unknown): void {
    const known =
      error instanceof CqlError
        ? error
        : new CqlError(
            error instanceof RangeError
              ? errorCodes.protocol
              : errorCodes.server,
            `this is a stub: ${(error as Error).message}`,
          );
    this.#send(stream, opcodes.error, encodeError(known));
  }

  #send(stream: number, opcode: number, body: Buffer): void {
    if (this.socket.writable) {
      this.socket.write(encodeResponse(stream, opcode, body));
    }
  }

  #requireVersion({ version, flags }: Request): void {
    if (version !== PROTOCOL_VERSION) {
      throw new CqlError(
        errorCodes.protocol,
        `Invalid or unsupported protocol version (${version}); supported versions are (4/v4)`,
      );
    }
    /* eslint-disable-next-line no-bitwise */
    if (flags & 0x01) {
      throw new CqlError(
        errorCodes.protocol,
        'Unknown compression algorithm: none was agreed on',
      );
    }
  }

  #handle(request: Request): [opcode: number, body: Buffer] {
    const reader = new Reader(request.body);
    switch (request.opcode) {
      case opcodes.options:
        return [opcodes.supported, supported()];
      case opcodes.startup:
        this.#started = true;
        return [opcodes.authenticate, string(AUTHENTICATOR)];
      case opcodes.authResponse:
        this.#authenticate(reader);
        return [opcodes.authSuccess, bytes(undefined)];
      default:
        return this.#handleLoggedIn(request, reader);
    }
  }

  #handleLoggedIn(
    request: Request,
    reader: Reader,
  ): [opcode: number, body: Buffer] {
    if (this.#role === undefined) {
      throw new CqlError(
        errorCodes.protocol,
        `Unexpected message ${request.opcode}, expecting ${
          this.#started ? 'SASL_RESPONSE' : 'STARTUP or OPTIONS'
        }`,
      );
    }
    switch (request.opcode) {
      case opcodes.register:
        for (const type of reader.stringList()) this.#events.add(type);
        return [opcodes.ready, Buffer.alloc(0)];
      case opcodes.query: {
        const cql = reader.longString();
        return this.#run(cql, readValues(reader));
      }
      case opcodes.prepare:
        return [opcodes.result, this.#prepare(reader.longString())];
      case opcodes.execute: {
        const cql = this.#prepared(reader.shortBytes());
        return this.#run(cql, readValues(reader));
      }
      default:
        throw new CqlError(
          errorCodes.server,
          `this is a stub: it does not answer messages of kind ${request.opcode}, such as batches; it stores no data`,
        );
    }
  }

  /** SASL PLAIN: an identity to act as, a user name and a password, NUL between them. */
  #authenticate(reader: Reader): void {
    const [, username, password] = (reader.bytes() ?? Buffer.alloc(0))
      .toString('utf8')
      .split('\0');
    if (!username || !password) {
      throw new CqlError(
        errorCodes.badCredentials,
        username
          ? 'Password must not be null'
          : 'Authentication ID must not be null',
      );
    }
    this.#role = this.state.roles.authenticate(username, password).name;
  }

  #run(
    cql: string,
    values: ReadonlyArray<Buffer | undefined>,
  ): [opcode: number, body: Buffer] {
    const outcome = execute(
      this.state,
      {
        node: this.node,
        role: this.state.roles.get(this.#role!),
        keyspace: this.#keyspace,
      },
      bindValues(cql, values),
    );
    if (outcome.kind === 'keyspace') this.#keyspace = outcome.keyspace;
    return [opcodes.result, encodeOutcome(outcome)];
  }

  #prepare(cql: string): Buffer {
    const id = createHash('md5').update(cql).digest();
    this.state.prepared.set(id.toString('hex'), cql);
    const markers = countMarkers(cql);
    const answer = /^\s*(select|list)\s/i.test(cql)
      ? this.#dryRun(cql, markers)
      : undefined;
    return encodePrepared(id, markers, answer);
  }

  /** Reading changes nothing, so that its columns can be had by doing it. */
  #dryRun(cql: string, markers: number) {
    const values = Array.from({ length: markers }, () => undefined);
    const role = this.state.roles.get(this.#role!);
    const session = { node: this.node, role, keyspace: this.#keyspace };
    const outcome = execute(this.state, session, bindValues(cql, values));
    return outcome.kind === 'rows' ? outcome.table : undefined;
  }

  #prepared(id: Buffer): string {
    const cql = this.state.prepared.get(id.toString('hex'));
    if (cql === undefined) {
      throw new CqlError(
        errorCodes.unprepared,
        `Prepared query with ID ${id.toString('hex')} not found`,
        shortBytes(id),
      );
    }
    return cql;
  }

  #tell(event: StubEvent): void {
    if (!this.#events.has(event.type)) return;
    this.#send(EVENT_STREAM, opcodes.event, encodeEvent(event));
  }
}

function supported(): Buffer {
  return stringMultimap({
    CQL_VERSION: ['3.4.7'],
    COMPRESSION: [],
    PROTOCOL_VERSIONS: ['4/v4'],
  });
}
