import { NotAllowedError } from '@backstage/errors';
import type {
  CqlSession,
  DatabaseTools,
  KubernetesCluster,
  KubernetesObject,
  LoginResult,
  PublicCertificates,
} from '@ringfence/backstage-plugin-ringfence-node';
import { fakeCluster, secretObject } from '../__testUtils__/cluster';
import { KeptLogins } from './KeptLogins';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LOGIN = { secret: 'orders-app' };
const VIA = { pod: 'orders-0', port: 9042 };

function setUp(known?: PublicCertificates) {
  let nowMs = Date.UTC(2026, 5, 1);
  const clock = () => new Date(nowMs);
  const objects: KubernetesObject[] = [
    secretObject('orders-app', { username: 'app', password: 'old' }),
    secretObject('orders-tls', { 'tls.crt': 'CERT', 'tls.key': 'PRIVATE' }),
  ];
  const cluster = fakeCluster({ objects });
  const get = jest.fn(cluster.get.bind(cluster));
  const kubernetes: KubernetesCluster = Object.assign(cluster, { get });
  const kept = new KeptLogins(kubernetes, {
    clock,
    publicParts: { find: () => known },
  });
  const read = (name: string, kind = 'Secret') =>
    kept.kubernetes.get({ apiVersion: 'v1', kind, name, namespace: 'orders' });
  const passwordNow = async () =>
    Buffer.from((await read('orders-app'))!.data.password, 'base64').toString();
  let accepted = 'old';
  const attempt = async (): Promise<LoginResult> =>
    (await passwordNow()) === accepted
      ? { outcome: 'accepted' }
      : { outcome: 'refused', message: 'bad credentials' };
  const tools = kept.doubting({
    database: { kubernetesCluster: 'eu-1', namespace: 'orders' },
    tryLogin: attempt,
    async cql() {
      const { outcome } = await attempt();
      if (outcome !== 'accepted') throw new NotAllowedError('refused');
      return {} as CqlSession;
    },
  } as unknown as DatabaseTools);
  return {
    kept,
    get,
    read,
    tools,
    accept: (password: string) => (accepted = password),
    store: (password: string) =>
      (objects[0] = secretObject('orders-app', { username: 'app', password })),
    pass: (ms: number) => (nowMs += ms),
  };
}

it.each([
  ['a login for hours: a wrong one shows by itself', 'orders-app', 6 * HOUR_MS],
  ['another Secret for ten minutes', 'orders-tls', 10 * MINUTE_MS],
  ['one that is not there for seconds', 'orders-new', 20_000],
])('keeps %s', async (_what, name, ageMs) => {
  const { read, get, pass } = setUp();
  await read(name);
  pass(ageMs);
  await read(name);
  expect(get).toHaveBeenCalledTimes(1);
  pass(1);
  await read(name);
  expect(get).toHaveBeenCalledTimes(2);
});

it('keeps no private key, and nothing but Secrets', async () => {
  const { read, get } = setUp();
  expect((await read('orders-tls'))?.data).toEqual({
    'tls.crt': Buffer.from('CERT').toString('base64'),
  });
  await read('orders', 'Service');
  await read('orders', 'Service');
  expect(get).toHaveBeenCalledTimes(3);
});

it("keeps the private key of the portal's own certificate, and of no other", async () => {
  const { kept, read, get } = setUp({ certificatePem: 'LEAF' });
  kept.keepKeyOf({ namespace: 'orders', name: 'orders-tls' });
  const own = await read('orders-tls');
  expect(own?.data['tls.key']).toBe(Buffer.from('PRIVATE').toString('base64'));
  kept.keepKeyOf({ namespace: 'orders', name: 'orders-tls' });
  await read('orders-tls');
  expect(get).toHaveBeenCalledTimes(1);
  kept.retain(() => false);
  expect((await read('orders-tls'))?.data['tls.key']).toBeUndefined();
});

it('asks for no certificate whose public part is known', async () => {
  const { read, get } = setUp({ certificatePem: 'LEAF', caPem: 'CA' });
  const data = (await read('orders-tls'))!.data as Record<string, string>;
  const texts = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  expect(Object.fromEntries(texts)).toEqual({
    'tls.crt': 'LEAF',
    'ca.crt': 'CA',
  });
  expect(get).not.toHaveBeenCalled();
});

it.each([
  ['login', (tools: DatabaseTools) => tools.tryLogin(LOGIN, VIA)],
  ['session', (tools: DatabaseTools) => tools.cql(LOGIN, VIA)],
])(
  'tries a %s again with the password read anew that somebody has changed',
  async (_what, attempt) => {
    const { tools, get, store, accept, pass } = setUp();
    await attempt(tools);
    store('new');
    accept('new');
    pass(MINUTE_MS);
    await expect(attempt(tools)).resolves.not.toMatchObject({
      outcome: 'refused',
    });
    expect(get).toHaveBeenCalledTimes(2);
  },
);

it('reads a password that is refused and right anew every ten minutes, and no more often', async () => {
  const { tools, get, accept, pass } = setUp();
  await tools.tryLogin(LOGIN, VIA);
  accept('another');
  for (let minute = 0; minute < 10; minute++) {
    pass(MINUTE_MS);
    expect(await tools.tryLogin(LOGIN, VIA)).toMatchObject({
      outcome: 'refused',
    });
  }
  expect(get).toHaveBeenCalledTimes(2);
  pass(MINUTE_MS);
  await tools.tryLogin(LOGIN, VIA);
  expect(get).toHaveBeenCalledTimes(3);
});

it('forgets the logins of a database that is gone', async () => {
  const { kept, read, get } = setUp();
  await read('orders-app');
  kept.retain(namespace => namespace === 'orders');
  await read('orders-app');
  expect(get).toHaveBeenCalledTimes(1);
  kept.retain(() => false);
  await read('orders-app');
  expect(get).toHaveBeenCalledTimes(2);
});
