import { allocateLoopbackBlock, type LoopbackBlock } from '../loopback';
import { silentLog } from '../log';
import { connectTo, withSession } from '../__testUtils__/cql';
import { cqlRingContract } from '../__testUtils__/cqlRingContract';
import type { CqlRing } from '../ring';
import { startStubRing } from './startStubRing';

const superuser = { username: 'ringfence', password: 'pass word' };
const cassandra = { username: 'cassandra', password: 'cassandra' };

describe('stub ring', () => {
  let block: LoopbackBlock;

  beforeAll(async () => {
    block = await allocateLoopbackBlock();
  });

  afterAll(async () => block.release());

  const options = () => ({
    clusterName: 'orders',
    datacenter: 'dc1',
    rack: 'rack1',
    nodes: [1, 2, 3].map(index => ({
      name: `orders-${index}`,
      address: block.address(index),
    })),
    log: silentLog,
  });

  cqlRingContract(
    'a stub ring of three',
    async () => ({
      ring: startStubRing({
        ...options(),
        logins: [{ ...superuser, superuser: true }],
      }),
      superuser,
    }),
    10_000,
  );

  describe('as it starts by default', () => {
    let ring: CqlRing;

    beforeEach(async () => {
      ring = startStubRing(options());
      await ring.ready;
    });

    afterEach(async () => ring.stop());

    it('has the public login, until it is disabled', async () => {
      const { address } = ring.nodes[0];
      await withSession(address, cassandra, client =>
        client.execute('ALTER ROLE cassandra WITH LOGIN = false'),
      );
      await expect(connectTo(address, cassandra)).rejects.toThrow(
        'cassandra is not permitted to log in',
      );
    });

    it.each([
      'INSERT INTO orders.items (id) VALUES (1)',
      'SELECT * FROM orders.items',
      'SELECT now() FROM system.local',
    ])('says that it is a stub when asked for %s', async cql => {
      await withSession(ring.nodes[0].address, cassandra, async client => {
        await expect(client.execute(cql)).rejects.toThrow(/^this is a stub: /);
      });
    });

    it('tells no password when it refuses a statement', async () => {
      await withSession(ring.nodes[0].address, cassandra, async client => {
        await expect(
          client.execute("MAKE ROLE x WITH PASSWORD = 'hunter2'"),
        ).rejects.toThrow(/^(?!.*hunter2).*cannot run "MAKE ROLE"/);
      });
    });

    it('lists roles as Cassandra does', async () => {
      await withSession(ring.nodes[0].address, cassandra, async client => {
        const { rows } = await client.execute('LIST ROLES');
        expect(rows.map(({ role, super: is }) => ({ role, is }))).toEqual([
          { role: 'cassandra', is: true },
        ]);
      });
    });

    it('shows every peer to a driver that may use them all', async () => {
      await withSession(ring.nodes[0].address, cassandra, async client => {
        const hosts = client.hosts.keys().sort();
        expect(hosts).toEqual(ring.nodes.map(it => `${it.address}:9042`));
      });
    });
  });

  it('starts nodes one by one where asked to', async () => {
    const ring = startStubRing({ ...options(), start: 'none' });
    try {
      expect(ring.nodes.map(it => it.state)).toEqual(
        ring.nodes.map(() => 'stopped'),
      );
      await ring.startNode('orders-1');
      await ring.ready;
      const before = await ring.nodetool('orders-1', ['status']);
      expect(before.stdout.match(/^UN /gm)).toHaveLength(1);
      await ring.startNode('orders-2');
      const after = await ring.nodetool('orders-1', ['status']);
      expect(after.stdout.match(/^UN /gm)).toHaveLength(2);
    } finally {
      await ring.stop();
    }
  });

  it('stops when it is told to by its signal', async () => {
    const abort = new AbortController();
    const ring = startStubRing({ ...options(), signal: abort.signal });
    await ring.ready;
    abort.abort();
    await ring.stop();
    expect(ring.nodes.map(it => it.state)).toEqual(
      ring.nodes.map(() => 'stopped'),
    );
  });
});
