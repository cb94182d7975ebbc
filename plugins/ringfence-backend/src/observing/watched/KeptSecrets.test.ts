import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { mintPki, type Pki } from '../../checks/__testUtils__/facts';
import { fakeCluster, secretObject } from '../__testUtils__/cluster';
import { keepingSecrets, KeptSecrets } from './KeptSecrets';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function setUp({ isThere = true } = {}) {
  let nowMs = Date.UTC(2026, 5, 1);
  const clock = () => new Date(nowMs);
  const secret = secretObject('orders-tls', {
    'tls.crt': pki.leafPem,
    'ca.crt': pki.ca.certPem,
    'tls.key': 'PRIVATE',
  });
  const cluster = fakeCluster({ objects: isThere ? [secret] : [] });
  const get = jest.fn(cluster.get.bind(cluster));
  const kubernetes: KubernetesCluster = Object.assign(cluster, { get });
  const kept = new KeptSecrets(clock);
  const read = (version: string, refresh = false) =>
    kept.read(
      kubernetes,
      { namespace: 'orders', name: 'orders-tls', version },
      { refresh },
    );
  return {
    kept,
    kubernetes,
    get,
    read,
    clock,
    pass: (ms: number) => (nowMs += ms),
  };
}

it("reads a Secret again when its Certificate's revision changes, and not otherwise", async () => {
  const { read, get, pass } = setUp();
  await read('1');
  pass(HOUR_MS);
  await read('1');
  expect(get).toHaveBeenCalledTimes(1);
  await read('2');
  expect(get).toHaveBeenCalledTimes(2);
});

it.each([
  ['when somebody waits for it', 0, true, 2],
  ['after six hours, since somebody may write past cert-manager', 7, false, 2],
  ['not before', 6, false, 1],
])('reads it again %s', async (_when, hours, refresh, times) => {
  const { read, get, pass } = setUp();
  await read('1');
  pass(hours * HOUR_MS);
  await read('1', refresh);
  expect(get).toHaveBeenCalledTimes(times);
});

it('looks again a minute later for one that was not there', async () => {
  const { read, get, pass } = setUp({ isThere: false });
  expect(await read('1')).toMatchObject({ known: true, value: undefined });
  pass(MINUTE_MS);
  await read('1');
  expect(get).toHaveBeenCalledTimes(1);
  pass(1);
  await read('1');
  expect(get).toHaveBeenCalledTimes(2);
});

it('reads it once for all who ask at the same time', async () => {
  const { read, get } = setUp();
  await Promise.all([read('1'), read('1'), read('1')]);
  expect(get).toHaveBeenCalledTimes(1);
});

it('forgets those of a database that is gone, and of no other', async () => {
  const { kept, read, get } = setUp();
  await read('1');
  kept.forget('eu-1', 'order');
  await read('1');
  expect(get).toHaveBeenCalledTimes(1);
  kept.forget('eu-1', 'orders');
  await read('1');
  expect(get).toHaveBeenCalledTimes(2);
});

it('keeps no private key', async () => {
  const { kubernetes, clock, read } = setUp();
  expect(JSON.stringify(await read('1'))).not.toContain('PRIVATE');
  const ref = {
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: 'orders',
    name: 'orders-tls',
  };
  const secret = await keepingSecrets(kubernetes, clock).get(ref);
  expect(Object.keys(secret!.data)).toEqual(['tls.crt', 'ca.crt']);
});

it('reads logins once for many probes, and again after ten minutes', async () => {
  const { kubernetes, clock, get, pass } = setUp();
  const keeping = keepingSecrets(kubernetes, clock);
  const ref = { apiVersion: 'v1', kind: 'Secret', name: 'a', namespace: 'b' };
  await keeping.get(ref);
  pass(10 * MINUTE_MS);
  await keeping.get(ref);
  expect(get).toHaveBeenCalledTimes(1);
  pass(1);
  await keeping.get(ref);
  expect(get).toHaveBeenCalledTimes(2);
  const other = { ...ref, kind: 'Pod' };
  await keeping.get(other);
  await keeping.get(other);
  expect(get).toHaveBeenCalledTimes(4);
});
