import {
  silentLog,
  startStubRing,
  type CassandraInstallation,
} from '@ringfence/data-plane';
import { dataPlane } from './DataPlane';
import { Rings, type RingChoice } from './Rings';

const installation: CassandraInstallation = {
  available: true,
  java: '/usr/bin/java',
  javaVersion: 17,
  classPathDir: '/nowhere',
  version: '5.0.8',
};

/** Rings whose real ones are stubs that say how they were asked for. */
function setUp(options: {
  choose?: (namespace: string) => RingChoice;
  cassandra?: object;
}) {
  const started: string[] = [];
  const rings = new Rings({
    dataPlane: {
      ...dataPlane,
      findCassandra: async () =>
        (options.cassandra ?? installation) as CassandraInstallation,
      startCassandraRing: ({
        installation: _installation,
        superuser: _superuser,
        ...ring
      }) => {
        started.push(`cassandra ${ring.clusterName}`);
        return startStubRing({ ...ring, nodes: [] });
      },
      startStubRing: ring => {
        started.push(`stub ${ring.clusterName}`);
        return startStubRing({ ...ring, nodes: [] });
      },
    },
    log: silentLog,
    ignite: () => {
      throw new Error('no Ignite was asked for');
    },
    choose: options.choose ?? (() => 'cassandra'),
    maxRealRings: 1,
  });
  const ensure = (namespace: string) =>
    rings.ensure(`${namespace}/ring`, {
      namespace,
      manifest: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ring-0' } },
      nodes: [],
      together: true,
      pod: {
        product: 'scylladb',
        container: 'scylla',
        clusterName: namespace,
        datacenter: 'datacenter1',
        rack: 'rack1',
        version: '2026.1.11',
      },
    });
  return { rings, ensure, started };
}

it('makes one ring for all pods of a StatefulSet', async () => {
  const { ensure, started } = setUp({});
  const [first, second] = await Promise.all([
    ensure('orders'),
    ensure('orders'),
  ]);
  expect(first.ring).toBe(second.ring);
  expect(started).toEqual(['cassandra orders']);
});

it('runs one real ring at a time, and another when that is gone', async () => {
  const { rings, ensure, started } = setUp({});
  await ensure('a');
  const { simulated } = await ensure('b');
  await rings.forget('a/ring');
  await ensure('c');
  expect(started).toEqual(['cassandra a', 'stub b', 'cassandra c']);
  expect(simulated).toContain(
    'runs 1 real ring at a time, for "a/ring" at present',
  );
});

it('falls back on the stub where Cassandra cannot run, and says why', async () => {
  const cassandra = { available: false, why: 'no Java 11 or 17 found' };
  const { ensure, started } = setUp({ cassandra });
  const { simulated } = await ensure('a');
  expect(started).toEqual(['stub a']);
  expect(simulated).toContain(
    'Cassandra cannot run here (no Java 11 or 17 found)',
  );
});

it('gives a stub where that was chosen', async () => {
  const { ensure } = setUp({
    choose: () => ({ stub: 'it is prepared' }),
  });
  const { ring, simulated } = await ensure('shop');
  expect(ring).toMatchObject({ kind: 'stub' });
  expect(simulated).toContain('it is prepared');
});

it('starts nothing once it has stopped', async () => {
  const { rings, ensure } = setUp({});
  await rings.stop();
  await expect(ensure('a')).rejects.toThrow('The sandbox has stopped');
});
