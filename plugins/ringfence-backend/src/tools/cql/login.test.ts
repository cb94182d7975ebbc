import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { LoginResult } from '@ringfence/backstage-plugin-ringfence-node';
import type { Credentials } from '../credentials';
import { login } from './login';

const AUTHENTICATOR = 'org.apache.cassandra.auth.PasswordAuthenticator';
const APP: Credentials = { username: 'orders_app', password: 'pässword' };

const open: Array<{ close(): void }> = [];

afterEach(() => open.splice(0).forEach(closable => closable.close()));

const text = (value: string) => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
};

function response(opcode: number, body = Buffer.alloc(0), version = 0x84) {
  const header = Buffer.from([version, 0, 0, 0, opcode, 0, 0, 0, 0]);
  header.writeInt32BE(body.length, 5);
  return Buffer.concat([header, body]);
}

const READY = response(0x02);
const AUTHENTICATE = response(0x03, text(AUTHENTICATOR));
const AUTH_SUCCESS = response(0x10, Buffer.from([0xff, 0xff, 0xff, 0xff]));
const error = (code: number, message: string) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(code);
  return response(0x00, Buffer.concat([bytes, text(message)]));
};

/** Answers each request with the next of `answers`; what it was sent is in `requests`. */
async function serve(answers: Buffer[], requests: Buffer[] = [], bytes = 1024) {
  const server = net.createServer(socket => {
    socket.on('error', () => {});
    const left = [...answers];
    socket.on('data', chunk => {
      requests.push(chunk);
      const answer = left.shift();
      if (!answer) {
        socket.end();
        return;
      }
      for (let at = 0; at < answer.length; at += bytes) {
        socket.write(answer.subarray(at, at + bytes));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port);
  socket.on('error', () => {});
  open.push(server, { close: () => socket.destroy() });
  return socket;
}

it.each<[string, Credentials | undefined, Buffer[], LoginResult]>([
  [
    'accepts what the database accepts',
    APP,
    [AUTHENTICATE, AUTH_SUCCESS],
    { outcome: 'accepted' },
  ],
  [
    'does not take roles that cannot be read for a refusal',
    APP,
    [
      AUTHENTICATE,
      error(
        0x0100,
        'Unable to perform authentication: Cannot achieve consistency level QUORUM',
      ),
    ],
    {
      outcome: 'unreachable',
      message:
        'the database answered error 0x100: Unable to perform authentication: Cannot achieve consistency level QUORUM',
    },
  ],
  [
    'tells a wrong password as refused',
    APP,
    [
      AUTHENTICATE,
      error(0x0100, 'Provided username and/or password are incorrect'),
    ],
    {
      outcome: 'refused',
      message: 'Provided username and/or password are incorrect',
    },
  ],
  [
    'tells no login as refused where one is demanded',
    undefined,
    [AUTHENTICATE],
    {
      outcome: 'refused',
      message: `a login is demanded (${AUTHENTICATOR})`,
    },
  ],
  [
    'tells no login as accepted where none is demanded',
    undefined,
    [READY],
    { outcome: 'accepted' },
  ],
  [
    'does not take an overloaded database for one that refuses',
    APP,
    [AUTHENTICATE, error(0x1001, 'overloaded')],
    {
      outcome: 'unreachable',
      message: 'the database answered error 0x1001: overloaded',
    },
  ],
  [
    'does not take a protocol error for a refusal',
    undefined,
    [error(0x000a, 'Invalid or unsupported protocol version')],
    {
      outcome: 'unreachable',
      message:
        'the database answered error 0xa: Invalid or unsupported protocol version',
    },
  ],
])('%s', async (_what, credentials, answers, expected) => {
  expect(await login(await serve(answers), credentials)).toEqual(expected);
});

it('understands answers that come byte by byte', async () => {
  const socket = await serve([AUTHENTICATE, AUTH_SUCCESS], [], 1);

  expect(await login(socket, APP)).toEqual({ outcome: 'accepted' });
});

it('sends user name and password as SASL PLAIN, in UTF-8', async () => {
  const requests: Buffer[] = [];
  await login(await serve([AUTHENTICATE, AUTH_SUCCESS], requests), APP);

  expect(requests[0].toString('hex')).toBe(
    '040000000100000016' +
      `0001000b${Buffer.from('CQL_VERSION').toString('hex')}` +
      `0005${Buffer.from('3.0.0').toString('hex')}`,
  );
  const token = Buffer.from('\0orders_app\0pässword');
  expect(requests[1].subarray(4, 5).toString('hex')).toBe('0f');
  expect(requests[1].readInt32BE(9)).toBe(token.length);
  expect(requests[1].subarray(13)).toEqual(token);
});

it.each<[string, Buffer[], string]>([
  ['ends', [], 'the connection was closed before the login had ended'],
  [
    'speaks HTTP',
    [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    'What answers does not speak CQL',
  ],
  [
    'speaks TLS',
    [Buffer.from('15030300020246', 'hex')],
    'What answers does not speak CQL',
  ],
  [
    'announces a message that is far too large',
    [Buffer.from('84000000007fffffff', 'hex')],
    'What answers does not speak CQL',
  ],
  [
    'sends an error that is cut',
    [response(0x00, Buffer.from('00000100ffff41', 'hex'))],
    'The CQL message is shorter than it says',
  ],
  [
    'answers what was not asked',
    [response(0x08)],
    'Unexpected CQL message 0x8',
  ],
])('fails where the other side %s', async (_what, answers, message) => {
  await expect(login(await serve(answers), APP)).rejects.toThrow(message);
});
