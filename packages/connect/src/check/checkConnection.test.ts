import { CONNECTION_STEPS, type ConnectionStep } from '@ringfence/connection';
import { mintCa } from '@ringfence/connection/testUtils';
import type { DialTarget } from '@ringfence/connection/dial';
import {
  LOGIN,
  startTestDatabase,
  type TestDatabase,
} from '../__testUtils__/database';
import { startTestGateway } from '../__testUtils__/gateway';
import type { Bundle } from '../bundle';
import { resolveTargets } from '../config';
import { Gateways, openGateways } from '../gateways';
import { checkConnection } from './checkConnection';
import type { Login } from './checkLogin';
import type { StepResult } from './steps';

let database: TestDatabase;
let bundle: Bundle;

beforeAll(async () => {
  database = await startTestDatabase();
  ({ bundle } = await openGateways(database.folder, {}, {}));
});

afterAll(() => database.stop());

async function check(
  login: Login | undefined,
  changes: Partial<DialTarget> = {},
) {
  const targets = await resolveTargets(bundle, {}, {});
  const gateways = new Gateways(
    targets.map(target => ({ ...target, ...changes })),
  );
  const results: StepResult[] = [];
  const failed = await checkConnection(
    { bundle, gateways },
    { login, expiryText: () => 'expires in 29 days' },
    result => results.push(result),
  );
  return { failed, results };
}

it('goes the whole way and counts the ring', async () => {
  const { failed, results } = await check(LOGIN);
  expect(failed).toBeUndefined();
  expect(results.map(({ step }) => step)).toEqual(CONNECTION_STEPS);
  expect(results.every(({ state }) => state === 'ok')).toBe(true);
  expect(results.at(-2)!.text).toBe('accepted as orders_app');
  expect(results.at(-1)!.text).toBe('3 nodes, one schema');
});

it('finds out without a password that one is asked for', async () => {
  const { failed, results } = await check(undefined);
  expect(failed).toBeUndefined();
  expect(results.at(-2)).toMatchObject({ step: 'login', state: 'ok' });
  expect(results.at(-1)).toMatchObject({ step: 'ring', state: 'skipped' });
});

it.each<
  [
    ConnectionStep,
    string,
    Login | undefined,
    () => Promise<Partial<DialTarget>>,
  ]
>([
  ['dns', 'no such host', LOGIN, async () => ({ host: 'orders.invalid' })],
  ['tcp', 'nothing listens', LOGIN, async () => ({ port: 1 })],
  [
    'tls',
    'the listener speaks plaintext',
    LOGIN,
    async () => ({ host: database.nodeAddresses[0], port: 9042 }),
  ],
  [
    'chain',
    'another CA',
    LOGIN,
    async () => ({ caPem: (await mintCa({ name: 'another' })).certPem }),
  ],
  [
    'name',
    'another name',
    LOGIN,
    async () => ({ serverName: 'payments.example.com' }),
  ],
  ['login', 'a wrong password', { ...LOGIN, password: 'no' }, async () => ({})],
])('stops at %s: %s', async (step, _why, login, changes) => {
  const { failed, results } = await check(login, await changes());
  const at = CONNECTION_STEPS.indexOf(step);
  expect(failed).toBe(step);
  expect(results.map(result => result.step)).toEqual(CONNECTION_STEPS);
  expect(results[at]).toMatchObject({
    state: 'failed',
    text: expect.stringMatching(/\w/),
    remedy: expect.stringMatching(/\w/),
  });
  expect(results.slice(at + 1).map(({ state }) => state)).toEqual(
    results.slice(at + 1).map(() => 'skipped'),
  );
  expect(JSON.stringify(results)).not.toContain(LOGIN.password);
});

it('fails where something answers that is no database', async () => {
  const gateway = await startTestGateway(socket => socket.destroy());
  try {
    const { failed, results } = await check(LOGIN, gateway.target());
    expect(failed).toBe('login');
    expect(results.at(-2)!.text).toMatch(/the database behind it does not/);
  } finally {
    gateway.close();
  }
}, 20_000);
