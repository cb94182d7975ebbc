import type {
  Fact,
  KubernetesCluster,
  PublicCertificates,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintPki, type Pki } from '../../checks/__testUtils__/facts';
import { fakeCluster, secretObject } from '../__testUtils__/cluster';
import { KeptSecrets } from './KeptSecrets';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function setUp({ isThere = true, names = ['orders-tls'] } = {}) {
  let nowMs = Date.UTC(2026, 5, 1);
  const clock = () => new Date(nowMs);
  const secrets = names.map(name =>
    secretObject(name, {
      'tls.crt': pki.leafPem,
      'ca.crt': pki.ca.certPem,
      'tls.key': 'PRIVATE',
    }),
  );
  const cluster = fakeCluster({ objects: isThere ? secrets : [] });
  const get = jest.fn(cluster.get.bind(cluster));
  const kubernetes: KubernetesCluster = Object.assign(cluster, { get });
  const heard: string[] = [];
  const paused: Array<() => void> = [];
  const kept = new KeptSecrets({
    clock,
    random: () => 1,
    pause: () => new Promise<void>(resolve => paused.push(resolve)),
    onRead: ({ kubernetesCluster, namespace }) =>
      heard.push(`${kubernetesCluster}/${namespace}`),
  });
  const read = (
    version?: string,
    { name = names[0], refresh = false, wait = true } = {},
  ) =>
    kept.read(
      kubernetes,
      { namespace: 'orders', name, version },
      { refresh, wait },
    );
  return {
    kept,
    get,
    read,
    heard,
    /** Lets the next one of those go that nobody waits for. */
    async next() {
      paused.shift()?.();
      for (let i = 0; i < 10; i++) await Promise.resolve();
    },
    pass: (ms: number) => (nowMs += ms),
  };
}

const isKnown = (fact: Fact<PublicCertificates | undefined>) => fact.known;

it("reads a Secret again when its Certificate's revision changes, and not otherwise", async () => {
  const { read, get, pass } = setUp();
  await read('1');
  pass(HOUR_MS);
  await read('1');
  expect(get).toHaveBeenCalledTimes(1);
  await read('2', { wait: false });
  expect(get).toHaveBeenCalledTimes(2);
});

it('does not ask while nobody can say which revision there is', async () => {
  const { read, get } = setUp();
  await read('1');
  expect(isKnown(await read(undefined))).toBe(true);
  expect(get).toHaveBeenCalledTimes(1);
});

it.each([
  ['when somebody waits for it', 0, true, 2],
  ['after six hours, since somebody may write past cert-manager', 7, false, 2],
  ['not before', 6, false, 1],
])('reads it again %s', async (_when, hours, refresh, times) => {
  const { read, get, pass } = setUp();
  await read('1');
  pass(hours * HOUR_MS);
  await read('1', { refresh });
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

describe('where nobody waits', () => {
  const LATER = { wait: false };

  it('reads one after the other, each once, and tells of it', async () => {
    const names = ['a', 'b', 'c'];
    const { read, get, heard, next } = setUp({ names });
    for (const name of [...names, ...names]) {
      expect(await read('1', { ...LATER, name })).toMatchObject({
        known: false,
        why: 'Not looked at yet',
      });
    }
    expect(get).not.toHaveBeenCalled();
    for (const [index, name] of names.entries()) {
      await next();
      expect(get.mock.calls.map(([ref]) => ref.name)).toEqual(
        names.slice(0, index + 1),
      );
      expect(isKnown(await read('1', { ...LATER, name }))).toBe(true);
    }
    expect(heard).toEqual(names.map(() => 'eu-1/orders'));
  });

  it('reads none that a probe has read meanwhile', async () => {
    const { read, get, next } = setUp();
    await read('1', LATER);
    await read('1');
    await next();
    expect(get).toHaveBeenCalledTimes(1);
  });

  it('goes by what it knows until an old one is read again', async () => {
    const { read, get, next, pass } = setUp();
    await read('1');
    pass(7 * HOUR_MS);
    expect(isKnown(await read('1', LATER))).toBe(true);
    expect(get).toHaveBeenCalledTimes(1);
    await next();
    expect(get).toHaveBeenCalledTimes(2);
  });
});

it('forgets those of a database that is gone, and of no other', async () => {
  const { kept, read, get } = setUp();
  await read('1');
  kept.retain((cluster, namespace) => `${cluster}/${namespace}` !== 'eu-1/or');
  await read('1');
  expect(get).toHaveBeenCalledTimes(1);
  kept.retain(() => false);
  await read('1');
  expect(get).toHaveBeenCalledTimes(2);
});

it('keeps no private key', async () => {
  const { read } = setUp();
  expect(JSON.stringify(await read('1'))).not.toContain('PRIVATE');
});
