import { Client } from 'cassandra-driver';
import { cassandraHere } from '@ringfence/data-plane/testUtils';
import { createSandbox } from './Sandbox';
import { objectOnce, refOf } from './testing';
import { namespaceManifest, ringManifests } from './testing/database';

jest.setTimeout(240_000);

// In CI it must run; elsewhere it is reported as skipped where Cassandra is missing.
const onCassandra =
  process.env.CI || cassandraHere().available ? describe : describe.skip;

onCassandra('a sandbox with Cassandra', () => {
  it('gives the first database a real ring, and the second one a stub that says why', async () => {
    const sandbox = await createSandbox();
    const kubernetes = sandbox.as('ringfence');
    const create = async (namespace: string, replicas: number) => {
      const [, , set] = ringManifests({ namespace, replicas });
      for (const manifest of [
        namespaceManifest({ namespace }),
        ...ringManifests({ namespace, replicas }),
      ]) {
        await kubernetes.apply(manifest);
      }
      await objectOnce(
        kubernetes,
        refOf(set),
        it => it.status?.readyReplicas === replicas,
        180_000,
      );
      const found = await kubernetes.get({
        apiVersion: 'v1',
        kind: 'Namespace',
        name: namespace,
      });
      return found!.metadata.annotations!['ringfence.dev/simulated'];
    };
    try {
      const first = await create('first', 2);
      const second = await create('second', 1);
      expect(first).toContain(
        'the Cassandra ring (standing in for ScyllaDB) are real',
      );
      expect(second).toContain(
        'the sandbox runs 1 real ring at a time, for "first/orders" at present',
      );

      const { stdout } = await kubernetes.exec(
        { namespace: 'first', pod: 'orders-0' },
        ['nodetool', 'status'],
      );
      expect(stdout.match(/^UN /gm)).toHaveLength(2);
      const pod = await kubernetes.get({
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'first',
        name: 'orders-1',
      });
      const client = new Client({
        contactPoints: [pod!.status.podIP],
        localDataCenter: 'datacenter1',
        credentials: { username: 'cassandra', password: 'cassandra' },
      });
      const { rows } = await client.execute(
        'SELECT release_version FROM system.local',
      );
      await client.shutdown();
      // A real release: the stub's says that it is one.
      expect(rows[0].get('release_version')).toMatch(/^\d+\.\d+\.\d+$/);
    } finally {
      await sandbox.stop();
    }
  });
});
