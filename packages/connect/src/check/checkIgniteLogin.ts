import type { TLSSocket } from 'node:tls';
import type { Connection } from '@ringfence/connection';
import {
  clientCertificateError,
  hostPort,
  type DialTarget,
} from '@ringfence/connection/dial';
import type { Login } from './checkLogin';
import { StepError } from './steps';

const TIMEOUT_MS = 5_000;
/** A handshake of the thin client's protocol 1.1, the first that has a login; little-endian. */
const HANDSHAKE = Buffer.from([1, 1, 0, 1, 0, 0, 0, 2]);
const STRING = 9;
const NULL = 101;
/** `ClientStatus.AUTH_FAILED` of Ignite. */
const AUTH_FAILED = 2000;
/** That it was taken, or a version, a sentence and a status. */
const LONGEST_ANSWER = 0xffff;

/** What a server says to a handshake. */
type Answer =
  | { readonly accepted: true }
  | {
      readonly accepted: false;
      readonly message: string;
      readonly status?: number;
    };

/**
 * Logs in as Ignite's thin clients do; without a password finds out that one is
 * asked for.
 *
 * @param socket - verified, and ended here
 * @returns what to say of it
 * @throws StepError of step `login`
 */
export async function checkIgniteLogin(
  socket: TLSSocket,
  target: DialTarget,
  { role }: Pick<Connection, 'role'>,
  login: Login | undefined,
): Promise<string> {
  const answer = await shakeHands(socket, target, login);
  if (answer.accepted) {
    if (!role) return 'the database knows no logins';
    if (login) return `accepted as ${login.username}`;
    throw new StepError(
      'login',
      `The database behind ${hostPort(
        target.host,
        target.port,
      )} lets clients in without a login`,
      'Tell the owner of the database: its authentication is off',
    );
  }
  if (answer.status !== AUTH_FAILED) throw unanswered(target, answer.message);
  if (!login) return 'a password is asked for; set IGNITE_PASSWORD to log in';
  throw new StepError(
    'login',
    `The database refused "${login.username}": ${answer.message}`,
    'Check IGNITE_USERNAME and IGNITE_PASSWORD; an owner can have the password shown in the portal',
  );
}

async function shakeHands(
  socket: TLSSocket,
  target: DialTarget,
  login: Login | undefined,
): Promise<Answer> {
  const timer = setTimeout(
    () => socket.destroy(new Error('it does not answer in 5 s')),
    TIMEOUT_MS,
  );
  try {
    const body = Buffer.concat([
      HANDSHAKE,
      stringOf(login?.username),
      stringOf(login?.password),
    ]);
    socket.write(Buffer.concat([int32(body.length), body]));
    return readAnswer(await readMessage(socket));
  } catch (error) {
    const unwelcome = clientCertificateError(error as Error, target);
    throw unwelcome
      ? new StepError('login', unwelcome.message, unwelcome.remedy, error)
      : unanswered(target, (error as Error).message, error);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** The body of the first message. */
async function readMessage(socket: TLSSocket): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length < 4) continue;
    const end = 4 + bytes.readInt32LE(0);
    if (end <= 4 || end > LONGEST_ANSWER) break;
    if (bytes.length >= end) return bytes.subarray(4, end);
  }
  throw new Error(
    bytes.length > 0
      ? 'what answers does not speak the protocol of Ignite'
      : 'it closed the connection',
  );
}

/** @throws where it is shorter than it says */
function readAnswer(body: Buffer): Answer {
  if (body.readUInt8(0) === 1) return { accepted: true };
  // Behind the version that the server has: three numbers of two bytes.
  const [type, at] = [body.readUInt8(7), 8];
  if (type !== STRING)
    return { accepted: false, message: 'it does not say why' };
  const end = at + 4 + body.readInt32LE(at);
  return {
    accepted: false,
    message: body.toString('utf8', at + 4, end),
    ...(body.length >= end + 4 && { status: body.readInt32LE(end) }),
  };
}

function stringOf(text: string | undefined): Buffer {
  if (text === undefined) return Buffer.from([NULL]);
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([STRING]), int32(bytes.length), bytes]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function unanswered(
  target: DialTarget,
  why: string,
  cause?: unknown,
): StepError {
  return new StepError(
    'login',
    `The gateway at ${hostPort(
      target.host,
      target.port,
    )} answers, and the database behind it does not: ${why}`,
    'See on the page of the database in the portal whether its nodes are up',
    cause,
  );
}
