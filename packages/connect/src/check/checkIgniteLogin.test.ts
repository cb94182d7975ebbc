import { CONNECTION_STEPS, type Connection } from '@ringfence/connection';
import { startTestGateway } from '../__testUtils__/gateway';
import { Gateways } from '../gateways';
import { checkConnection } from './checkConnection';
import type { Login } from './checkLogin';
import type { StepResult } from './steps';

const LOGIN = { username: 'orders_app', password: 'pässword' };
const TAKEN = Buffer.from([1, 0, 0, 0, 1]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** As Ignite 2.17 says why not. */
function refusal(why: string, status?: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 1, 0, 7, 0, 0, 0, 9]),
    int32(Buffer.byteLength(why)),
    Buffer.from(why),
    ...(status === undefined ? [] : [int32(status)]),
  ]);
  return Buffer.concat([int32(body.length), body]);
}

const REFUSED = refusal('The user name or password is incorrect', 2000);

/** Goes the way to a database that answers the first words so, a byte at a time. */
async function check(
  answer: Buffer,
  login: Login | undefined,
  changes: Partial<Connection> = {},
) {
  const asked: Buffer[] = [];
  const gateway = await startTestGateway(socket => {
    socket.once('data', data => {
      asked.push(data);
      answer.forEach(byte => socket.write(Buffer.from([byte])));
      if (answer.length === 0) socket.end();
    });
  });
  try {
    const results: StepResult[] = [];
    const connection = gateway.connection({ protocol: 'ignite', ...changes });
    const failed = await checkConnection(
      {
        bundle: { connection, caPem: gateway.caPem } as never,
        gateways: new Gateways([gateway.target()]),
      },
      { login, expiryText: () => 'expires in 29 days' },
      result => results.push(result),
    );
    const said = results.find(({ step }) => step === 'login');
    return { failed, results, said, asked };
  } finally {
    gateway.close();
  }
}

it('logs in as a thin client does, and leaves the nodes to the portal', async () => {
  const { failed, results, said, asked } = await check(TAKEN, LOGIN);
  expect(failed).toBeUndefined();
  expect(results.map(({ step }) => step)).toEqual(CONNECTION_STEPS);
  expect(said).toMatchObject({ state: 'ok', text: 'accepted as orders_app' });
  expect(results.at(-1)).toMatchObject({ step: 'ring', state: 'skipped' });
  expect(asked[0].readInt32LE(0)).toBe(asked[0].length - 4);
  expect(asked[0].toString()).toContain('pässword');
});

it.each<[string, Buffer, Login | undefined, Partial<Connection>, string]>([
  [
    'a password is asked for',
    REFUSED,
    undefined,
    {},
    'a password is asked for; set IGNITE_PASSWORD to log in',
  ],
  [
    'there are no logins',
    TAKEN,
    undefined,
    { role: undefined },
    'the database knows no logins',
  ],
])('holds where %s', async (_name, answer, login, changes, text) => {
  const { failed, said } = await check(answer, login, changes);
  expect(failed).toBeUndefined();
  expect(said).toMatchObject({ state: 'ok', text });
});

it.each<[string, Buffer, Login | undefined, string]>([
  [
    'it refuses the login',
    REFUSED,
    LOGIN,
    'The database refused "orders_app": The user name or password is incorrect',
  ],
  ['it lets in whoever comes', TAKEN, undefined, 'lets clients in without'],
  ['it hangs up', Buffer.alloc(0), LOGIN, 'it closed the connection'],
  [
    'it refuses for another reason',
    refusal('Unsupported version.'),
    LOGIN,
    'does not: Unsupported version.',
  ],
  [
    'it speaks another protocol',
    Buffer.from('HTTP/1.1 400 Bad Request'),
    LOGIN,
    'does not speak the protocol of Ignite',
  ],
])('fails at the login where %s', async (_name, answer, login, text) => {
  const { failed, said } = await check(answer, login);
  expect(failed).toBe('login');
  expect(said!.text).toContain(text);
  expect(said!.text).not.toContain('pässword');
  expect(said!.remedy).toBeTruthy();
});
