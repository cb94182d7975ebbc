import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { LoginResult } from '@ringfence/backstage-plugin-ringfence-node';
import type { Credentials } from '../credentials';
import { Connection } from './Connection';
import { login } from './login';
import { createSession } from './session';

const APP: Credentials = { username: 'orders_app', password: 'pässword' };

const open: Array<{ close(): void }> = [];

afterEach(() => open.splice(0).forEach(closable => closable.close()));

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

const message = (...parts: Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};
const text = (value: string) =>
  Buffer.concat([
    Buffer.from([9]),
    int32(Buffer.byteLength(value)),
    Buffer.from(value),
  ]);
const hex = (value: string) => Buffer.from(value.replaceAll(' ', ''), 'hex');

/** As Ignite 2.17 answers: it took the login; features; the node's id. */
const ACCEPTED = message(
  hex('01 0c 02000000 1400'),
  hex('0a'),
  Buffer.alloc(16),
);
const refused = (code: number, why: string, version = '010007000000') =>
  message(hex(`00 ${version}`), text(why), int32(code));
/** The answer to the question of this number. */
const answer = (id: number, ...body: Buffer[]) =>
  message(int32(id), int32(0), hex('0000'), ...body);
const failure = (id: number, code: number, why: string) =>
  message(int32(id), int32(0), hex('0100'), int32(code), text(why));

/** Answers each request with the next of `answers`; what it was sent is in `requests`. */
async function serve(answers: Buffer[], requests: Buffer[] = [], bytes = 1024) {
  const server = net.createServer(socket => {
    socket.on('error', () => {});
    const left = [...answers];
    socket.on('data', chunk => {
      requests.push(chunk);
      const next = left.shift();
      if (!next) {
        socket.end();
        return;
      }
      for (let at = 0; at < next.length; at += bytes) {
        socket.write(next.subarray(at, at + bytes));
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

async function session(...answers: Buffer[]) {
  const opened = await Connection.open(
    await serve([ACCEPTED, ...answers]),
    APP,
  );
  if (opened.outcome !== 'accepted') throw new Error(opened.message);
  return createSession(opened.connection);
}

it.each<[string, Buffer, LoginResult]>([
  ['accepts what the database accepts', ACCEPTED, { outcome: 'accepted' }],
  [
    'tells a wrong password as refused',
    refused(
      2000,
      'The user name or password is incorrect [userName=orders_app]',
    ),
    {
      outcome: 'refused',
      message: 'The user name or password is incorrect [userName=orders_app]',
    },
  ],
  [
    'does not take a failure for a refusal',
    refused(1, 'Node is stopping'),
    {
      outcome: 'unreachable',
      message: 'the database answered error 1: Node is stopping',
    },
  ],
  [
    'says which version is too old',
    refused(1, 'Unsupported version.', '010004000000'),
    {
      outcome: 'unreachable',
      message: 'the database answered error 1: Unsupported version.',
      remedy:
        'It speaks version 1.4.0 of the protocol: use Ignite 2.9 or newer, which speaks 1.7.0',
    },
  ],
])('%s', async (_what, reply, expected) => {
  expect(await login(await serve([reply]), APP)).toEqual(expected);
});

it('understands answers that come byte by byte', async () => {
  expect(await login(await serve([ACCEPTED], [], 1), APP)).toEqual({
    outcome: 'accepted',
  });
});

it.each<[string, Credentials | undefined, Buffer[]]>([
  [
    'user name and password in UTF-8',
    APP,
    [text(APP.username), text(APP.password)],
  ],
  ['neither of them where there are none', undefined, []],
])('sends %s', async (_what, credentials, parts) => {
  const requests: Buffer[] = [];
  await login(await serve([ACCEPTED], requests), credentials);

  expect(requests[0]).toEqual(
    message(hex('01 0100 0700 0000 02 0c 01000000 14'), ...parts),
  );
});

it.each<[string, Buffer[], string]>([
  ['ends', [], 'the connection was closed before the login had ended'],
  [
    'speaks HTTP',
    [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    'does not speak the protocol of Ignite thin clients',
  ],
  [
    'speaks TLS',
    [hex('15030300 020246')],
    'does not speak the protocol of Ignite thin clients',
  ],
  [
    'announces nothing',
    [hex('00000000')],
    'does not speak the protocol of Ignite thin clients',
  ],
  [
    'is cut',
    [message(hex('00 0100'))],
    'A message of Ignite is not what it says: it is cut',
  ],
  [
    'announces a text that is longer than all there is',
    [message(hex('00 010007000000 09 ffffff7f'))],
    'A message of Ignite is not what it says: it is cut',
  ],
])('fails where the other side %s', async (_what, answers, words) => {
  await expect(login(await serve(answers), APP)).rejects.toThrow(words);
});

it('reads rows, page by page', async () => {
  const requests: Buffer[] = [];
  const socket = await serve(
    [
      ACCEPTED,
      answer(
        1,
        int32(7),
        int32(0),
        int32(2),
        int32(1),
        text('a'),
        hex('65'),
        hex('01'),
      ),
      answer(2, int32(1), text('b'), hex('04 0100000000000000'), hex('00')),
    ],
    requests,
  );
  const opened = await Connection.open(socket, APP);
  if (opened.outcome !== 'accepted') throw new Error(opened.message);
  const rows = await createSession(opened.connection).query('SELECT', ['x', 1]);

  expect(rows).toEqual([
    ['a', null],
    ['b', 1],
  ]);
  expect(
    requests[1].includes(Buffer.concat([text('x'), hex('03 01000000')])),
  ).toBe(true);
  // The next page is asked for by the cursor's number.
  expect(requests[2].subarray(14)).toEqual(Buffer.concat([int32(7), int32(0)]));
});

it.each([
  [
    '0a 1122334455667788 99aabbccddeeff00',
    '88776655-4433-2211-00ff-eeddccbbaa99',
  ],
  ['08 01', true],
  ['04 ffffffffffffff7f', 9223372036854775807n],
  ['06 000000000000f03f', 1],
  ['21 0000000000000000 01000000', new Date(0)],
])('reads the value %s', async (bytes, expected) => {
  const row = [int32(0), int32(0), int32(1), int32(1), hex(bytes), hex('00')];
  expect(await (await session(answer(1, ...row))).query('SELECT')).toEqual([
    [expected],
  ]);
});

it.each<[string, Buffer, string]>([
  [
    'a value of a type that it does not know',
    answer(1, int32(0), int32(0), int32(1), int32(1), hex('67')),
    'a value of type 103, which is not understood',
  ],
  [
    'more rows than there are',
    answer(1, int32(0), int32(0), int32(1), int32(0x7fffffff)),
    'more is announced than there is',
  ],
  [
    'the answer to another question',
    answer(9),
    'it answers what was not asked',
  ],
  ['no rows at all', answer(1, hex('00')), 'it is cut'],
])('does not take %s', async (_what, reply, words) => {
  await expect((await session(reply)).query('SELECT')).rejects.toThrow(words);
});

it('tells an error without the statement, which may have a password in it', async () => {
  const why = `Syntax error in SQL statement "CREATE USER x WITH PASSWORD 'secret'"; SQL statement:\nCREATE`;
  await expect((await session(failure(1, 1, why))).query('')).rejects.toThrow(
    expect.objectContaining({ code: 1, message: 'Syntax error' }),
  );
});

it('brings the cluster to a state, unless it has it', async () => {
  const requests: Buffer[] = [];
  const socket = await serve(
    [ACCEPTED, answer(1, hex('00')), answer(2), answer(3, hex('01'))],
    requests,
  );
  const opened = await Connection.open(socket, APP);
  if (opened.outcome !== 'accepted') throw new Error(opened.message);
  const { setState } = createSession(opened.connection);
  await setState('ACTIVE');
  await setState('ACTIVE');

  const operations = requests.slice(1).map(it => it.readInt16LE(4));
  expect(operations).toEqual([5000, 5001, 5000]);
});

it('counts the nodes that keep data', async () => {
  const nodes = [hex('01'), int32(4), int32(0), int32(2), Buffer.alloc(32)];
  expect(await (await session(answer(1, ...nodes))).serverNodes()).toBe(2);
});

it('asks one thing after the other', async () => {
  const { state } = await session(answer(1, hex('01')), answer(2, hex('00')));
  expect(await Promise.all([state(), state()])).toEqual(['ACTIVE', 'INACTIVE']);
});
