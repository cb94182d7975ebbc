import type { Socket } from 'node:net';
import { execute, StubError } from './execute';
import {
  byte,
  bytesObject,
  int16,
  int32,
  int64,
  message,
  object,
  Reader,
} from './messages';
import type { StubState } from './StubState';

const LENGTH_BYTES = 4;
/** As in Ignite: a longer one is no client's. */
const MAX_BODY_BYTES = 1024 * 1024;
const VERSION = [1, 7, 0] as const;
const AUTH_FAILED = 2000;
const FAILED = 1;
/** Of `ClientMessageParser`. */
const OPERATIONS = {
  sqlFields: 2004,
  getState: 5000,
  changeState: 5001,
  nodeIds: 5100,
} as const;
const NODE_ID = Buffer.alloc(16, 7);

/** One connection: a handshake first, then questions. */
class Session {
  #user: string | undefined;
  #isOpen = false;

  constructor(private readonly state: StubState) {}

  get isOpen(): boolean {
    return this.#isOpen;
  }

  answer(request: Reader): Buffer {
    return this.#isOpen ? this.#ask(request) : this.#shakeHands(request);
  }

  #shakeHands(request: Reader): Buffer {
    request.byte();
    const version = [request.int16(), request.int16(), request.int16()];
    request.byte();
    if (version.join() !== VERSION.join()) {
      return refused('Unsupported version.', FAILED);
    }
    request.byte();
    request.raw(request.int32());
    const username = request.isAtEnd ? undefined : request.text();
    const password = request.isAtEnd ? undefined : request.text();
    if (!this.state.mayLogIn(username, password)) {
      const why = `The user name or password is incorrect [userName=${
        username ?? null
      }]`;
      return refused(why, AUTH_FAILED);
    }
    this.#user = username;
    this.#isOpen = true;
    return message(byte(1), bytesObject(Buffer.from([20])), byte(10), NODE_ID);
  }

  #ask(request: Reader): Buffer {
    const operation = request.int16();
    const id = request.int64();
    try {
      return message(int64(id), int16(0), this.#do(operation, request));
    } catch (error) {
      if (!(error instanceof StubError)) throw error;
      const { message: why } = error;
      return message(int64(id), int16(1), int32(FAILED), object(why));
    }
  }

  #do(operation: number, request: Reader): Buffer {
    const { state } = this;
    switch (operation) {
      case OPERATIONS.getState:
        return byte(state.isActive ? 1 : 0);
      case OPERATIONS.changeState:
        state.activate(request.byte() !== 0);
        return Buffer.alloc(0);
      case OPERATIONS.nodeIds: {
        const { length } = state.members();
        const ids = Array.from({ length }, () => NODE_ID);
        return Buffer.concat([byte(1), int64(1n), int32(length), ...ids]);
      }
      case OPERATIONS.sqlFields:
        return this.#query(request);
      default:
        throw new StubError(`Invalid request op code: ${operation}`);
    }
  }

  /** All rows in one page. */
  #query(request: Reader): Buffer {
    request.int32();
    request.byte();
    request.text();
    request.raw(8);
    const rows = execute(this.state, this.#user, request.text() ?? '');
    const columns = rows[0]?.length ?? 0;
    return Buffer.concat([
      int64(0n),
      int32(columns),
      int32(rows.length),
      ...rows.flat().map(object),
      byte(0),
    ]);
  }
}

function refused(why: string, code: number): Buffer {
  return message(byte(0), ...VERSION.map(int16), object(why), int32(code));
}

/** Answers one thin client until it ends. */
export function serveThinClient(socket: Socket, state: StubState): void {
  const session = new Session(state);
  let buffered: Buffer = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', chunk => {
    buffered = Buffer.concat([buffered, chunk]);
    try {
      while (buffered.length >= LENGTH_BYTES) {
        const length = buffered.readInt32LE(0);
        if (length <= 0 || length > MAX_BODY_BYTES) throw new RangeError();
        const end = LENGTH_BYTES + length;
        if (buffered.length < end) return;
        socket.write(
          session.answer(new Reader(buffered.subarray(LENGTH_BYTES, end))),
        );
        buffered = buffered.subarray(end);
        if (!session.isOpen) socket.end();
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // As Ignite does with what it does not understand.
      socket.destroy();
    }
  });
}
