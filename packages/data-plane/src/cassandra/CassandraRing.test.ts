import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allocateLoopbackBlock, type LoopbackBlock } from '../loopback';
import { silentLog } from '../log';
import type { CqlRing } from '../ring';
import { cassandraHere } from '../testUtils/cassandraHere';
import { connectTo, withSession } from '../__testUtils__/cql';
import { cqlRingContract } from '../__testUtils__/cqlRingContract';
import { until } from '../__testUtils__/until';
import { startCassandraRing } from './startCassandraRing';
import type { CassandraInstallation } from './types';

const TIMEOUT_MS = 300_000;

const cassandra = cassandraHere();
const publicLogin = { username: 'cassandra', password: 'cassandra' };
const superuser = { username: 'ringfence', password: "it's a secret" };

/** Command lines of running processes that name a directory. */
async function processesWith(directory: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter(it => /^\d+$/.test(it));
  const commands = await Promise.all(
    ids.map(id => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.filter(it => it.includes(directory));
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
        const warnings: string[] = [];
        ring = startCassandraRing({
          ...options(11, 2),
          start: 'none',
          log: { ...silentLog, warn: message => warnings.push(message) },
        });
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
        const { rows } = await withSession(block.address(12), app, client =>
          client.execute('SELECT key FROM system.local'),
        );
        expect(rows).toHaveLength(1);
        expect(warnings).toEqual([]);
      },
      TIMEOUT_MS,
    );

    it(
      'ends a start when it is stopped meanwhile, and leaves nothing behind',
      async () => {
        const dataDir = await mkdtemp(path.join(tmpdir(), 'ringfence-ring-'));
        const other = startCassandraRing({ ...options(31, 2), dataDir });
        const started = other.startNode('orders-1');
        await until(() => existsSync(path.join(dataDir, 'orders-1', 'data')));
        await other.stop();
        await expect(started).rejects.toThrow(/stopped while it started$/);
        await expect(other.ready).rejects.toThrow(/stopped while it started$/);
        await expect(other.startNode('orders-1')).rejects.toThrow(
          '"orders-1" cannot start: its ring was stopped',
        );
        expect(await processesWith(dataDir)).toEqual([]);
        await rm(dataDir, { recursive: true });
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

if (cassandra.available) onCassandra(cassandra);
else {
  // Where it cannot run, CI must not pass for lack of it.
  const report = process.env.CI ? it : it.skip;
  report(`needs Cassandra: ${cassandra.why}`, () => {
    // eslint-disable-next-line jest/no-standalone-expect
    expect(cassandra).toMatchObject({ available: true });
  });
}
