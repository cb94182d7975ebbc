import { once } from 'node:events';
import { createServer } from 'node:net';
import { allocateLoopbackBlock, type LoopbackBlock } from '../loopback';
import { silentLog } from '../log';
import type { CqlRing } from '../ring';
import { cassandraHere } from '../testUtils/cassandraHere';
import { connectTo, withSession } from '../testUtils/cql';
import { cqlRingContract } from '../testUtils/cqlRingContract';
import { startCassandraRing } from './startCassandraRing';
import type { CassandraInstallation } from './types';

const TIMEOUT_MS = 300_000;

const cassandra = cassandraHere();
const publicLogin = { username: 'cassandra', password: 'cassandra' };
const superuser = { username: 'ringfence', password: "it's a secret" };

if (cassandra.available) onCassandra(cassandra);
else if (process.env.CI) {
  it('finds Cassandra, without which CI proves too little', () => {
    throw new Error(cassandra.why);
  });
} else {
  it.skip(`needs Cassandra: ${cassandra.why}`, () => {});
}

function onCassandra(installation: CassandraInstallation): void {
  let block: LoopbackBlock;

  beforeAll(async () => {
    block = await allocateLoopbackBlock();
  });

  afterAll(async () => block.release());

  const options = (from: number, count: number) => ({
    installation,
    clusterName: 'orders',
    datacenter: 'dc1',
    rack: 'rack1',
    nodes: Array.from({ length: count }, (_, index) => ({
      name: `orders-${index}`,
      address: block.address(from + index),
    })),
    log: silentLog,
  });

  cqlRingContract(
    'a Cassandra ring of three',
    async () => {
      const ring = startCassandraRing({ ...options(1, 3), superuser });
      await ring.ready;
      await expect(connectTo(block.address(1), publicLogin)).rejects.toThrow(
        /is not permitted to log in|incorrect/,
      );
      return { ring, superuser };
    },
    TIMEOUT_MS,
  );

  describe('a Cassandra ring whose nodes start one by one', () => {
    let ring: CqlRing;

    afterAll(async () => ring?.stop(), TIMEOUT_MS);

    it(
      'lets clients in at the second node while the first is down',
      async () => {
        ring = startCassandraRing({ ...options(11, 2), start: 'none' });
        await ring.startNode('orders-0');
        await ring.ready;
        const app = { username: 'app', password: 'app' };
        await withSession(block.address(11), publicLogin, client =>
          client.execute(
            "CREATE ROLE app WITH LOGIN = true AND PASSWORD = 'app'",
          ),
        );
        await ring.startNode('orders-1');
        await ring.stopNode('orders-0');
        await withSession(block.address(12), app, client =>
          client.execute('SELECT key FROM system.local'),
        );
      },
      TIMEOUT_MS,
    );

    it(
      'says why a node cannot start, with the end of its log',
      async () => {
        const taken = createServer().listen(7000, block.address(21));
        await once(taken, 'listening');
        const other = startCassandraRing(options(21, 1));
        await expect(other.ready).rejects.toThrow(
          /^Cassandra node "orders-0" \(127\.[\d.]+\.21\) ended with exit code \d+ while it started. The end of its log:\n.*in use/s,
        );
        await other.stop();
        taken.close();
      },
      TIMEOUT_MS,
    );

    it('refuses an address on which something else speaks CQL', async () => {
      const other = startCassandraRing(options(12, 1));
      await expect(other.ready).rejects.toThrow(
        /something else listens on 127\.[\d.]+\.12:9042$/,
      );
      await other.stop();
    });
  });
}
