import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import type { UsableKubernetesCluster } from '../kubernetes/KubernetesClusters';
import { KeptPlatforms } from './KeptPlatforms';

const MINUTE_MS = 60_000;

beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick'] }));
afterEach(() => jest.useRealTimers());

const entry = { kubernetes: { name: 'eu-1' } } as UsableKubernetesCluster;

function setUp() {
  const read = jest.fn(
    async (_entry: UsableKubernetesCluster): Promise<Platform> =>
      ({ kubernetesVersion: `v1.${read.mock.calls.length}` } as Platform),
  );
  const platforms = new KeptPlatforms({
    clusters: { listUsable: () => [entry] },
    source: { read },
  });
  const version = async () => (await platforms.read(entry)).kubernetesVersion;
  return { read, platforms, version };
}

it('reads a platform once for all who ask, and again by the clock', async () => {
  const { read, platforms, version } = setUp();
  platforms.start();
  expect([await version(), await version()]).toEqual(['v1.1', 'v1.1']);
  await jest.advanceTimersByTimeAsync(4 * MINUTE_MS);
  expect(read).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(MINUTE_MS);
  expect(await version()).toBe('v1.2');
  platforms.stop();
  await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(read).toHaveBeenCalledTimes(2);
});

it('lets nobody wait while it is read again', async () => {
  const { read, platforms, version } = setUp();
  platforms.start();
  await version();
  read.mockReturnValue(new Promise(() => {}));
  await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(read).toHaveBeenCalledTimes(2);
  expect(await version()).toBe('v1.1');
  platforms.stop();
});

it('says why one could not be read, and soon tries again', async () => {
  const { read, platforms, version } = setUp();
  read.mockRejectedValueOnce(new Error('it is away'));
  platforms.start();
  await expect(version()).rejects.toThrow('it is away');
  await expect(version()).rejects.toThrow('it is away');
  expect(read).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(30_000);
  expect(await version()).toBe('v1.2');
  platforms.stop();
});
