/* eslint-disable jest/no-export -- a suite that the tests of each ring run */
import type { CqlRing } from '../ring';
import { connectTo, withSession, type CqlLogin } from './cql';
import { until } from './until';

/** A ring under test. */
export interface CqlRingUnderTest {
  readonly ring: CqlRing;
  /** A superuser of it. */
  readonly superuser: CqlLogin;
}

/**
 * What every ring must do. The ring has at least two nodes, in datacenter
 * `dc1`, and is stopped by the last test.
 */
export function cqlRingContract(
  name: string,
  setup: () => Promise<CqlRingUnderTest>,
  timeoutMs: number,
): void {
  describe(`${name} keeps the contract of a ring`, () => {
    let ring: CqlRing;
    let superuser: CqlLogin;
    const app = { username: 'orders_app', password: "it's; a = 'secret'" };
    const first = () => ring.nodes[0];
    const second = () => ring.nodes[1];
    const statesSeenBy = async (node: string) => {
      const { stdout } = await ring.nodetool(node, ['status']);
      return [...stdout.matchAll(/^([UD][NLJM]) /gm)].map(it => it[1]);
    };

    beforeAll(async () => {
      ({ ring, superuser } = await setup());
      await ring.ready;
    }, timeoutMs);

    afterAll(async () => ring?.stop(), timeoutMs);

    it(
      'has every node up and in the ring when it is ready',
      async () => {
        expect(ring.nodes.map(it => it.state)).toEqual(
          ring.nodes.map(() => 'up'),
        );
        expect(await statesSeenBy(first().name)).toEqual(
          ring.nodes.map(() => 'UN'),
        );
      },
      timeoutMs,
    );

    it(
      'prints the ring in the columns of nodetool',
      async () => {
        const { stdout, exitCode } = await ring.nodetool(first().name, [
          'status',
        ]);
        expect(exitCode).toBe(0);
        expect(stdout.split('\n').slice(0, 4)).toEqual([
          'Datacenter: dc1',
          '===============',
          'Status=Up/Down',
          '|/ State=Normal/Leaving/Joining/Moving',
        ]);
        expect(stdout).toMatch(
          /^--\s+Address\s+Load\s+Tokens\s+Owns \(effective\)\s+Host ID\s+Rack/m,
        );
        for (const { address } of ring.nodes) expect(stdout).toContain(address);
      },
      timeoutMs,
    );

    it(
      'answers system.local and system.peers at every node',
      async () => {
        const { nodes } = ring;
        for (const { address } of nodes) {
          await withSession(address, superuser, async client => {
            const local = await client.execute(
              'SELECT cluster_name, data_center, rpc_address FROM system.local',
            );
            expect(String(local.first().get('rpc_address'))).toBe(address);
            expect(local.first().get('data_center')).toBe('dc1');
            const peers = await client.execute('SELECT peer FROM system.peers');
            expect(
              peers.rows.map(row => String(row.get('peer'))).sort(),
            ).toEqual(
              nodes
                .map(it => it.address)
                .filter(it => it !== address)
                .sort(),
            );
          });
        }
      },
      timeoutMs,
    );

    it.each([
      ['a wrong password', () => ({ ...superuser, password: 'wrong' })],
      [
        'a role that is not there',
        () => ({ username: 'nobody', password: 'x' }),
      ],
      ['an empty password', () => ({ ...superuser, password: '' })],
    ])(
      'refuses %s',
      async (_name, login) => {
        await expect(connectTo(first().address, login())).rejects.toThrow(
          /incorrect|must not be null|empty/i,
        );
      },
      timeoutMs,
    );

    it(
      'takes a new role at every node',
      async () => {
        await withSession(first().address, superuser, client =>
          client.execute(
            `CREATE ROLE IF NOT EXISTS ${
              app.username
            } WITH LOGIN = true AND PASSWORD = '${app.password.replaceAll(
              "'",
              "''",
            )}'`,
          ),
        );
        for (const { address } of ring.nodes) {
          await withSession(address, app, client =>
            client.execute('SELECT key FROM system.local'),
          );
        }
      },
      timeoutMs,
    );

    it(
      'shows its gossip to superusers alone, with heartbeats that go on',
      async () => {
        const gossip = 'SELECT * FROM system_views.gossip_info';
        await withSession(first().address, app, client =>
          expect(client.execute(gossip)).rejects.toThrow(
            /orders_app has no SELECT permission on <table system_views.gossip_info>/,
          ),
        );
        await withSession(first().address, superuser, async client => {
          const beats = async () => {
            const { rows } = await client.execute(gossip);
            return new Map<string, number>(
              rows.map(row => [
                String(row.get('address')),
                row.get('heartbeat'),
              ]),
            );
          };
          const before = await beats();
          expect([...before.keys()].sort()).toEqual(
            ring.nodes.map(({ address }) => address).sort(),
          );
          await until(async () =>
            [...(await beats())].every(
              ([address, beat]) => beat > before.get(address)!,
            ),
          );
        });
      },
      timeoutMs,
    );

    it(
      'lets a role do what it was granted, and nothing else',
      async () => {
        await withSession(first().address, app, async client => {
          await expect(
            client.execute("CREATE ROLE other WITH PASSWORD = 'x'"),
          ).rejects.toThrow(
            /User orders_app does not have sufficient privileges/,
          );
          const create =
            "CREATE KEYSPACE orders WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1}";
          await expect(client.execute(create)).rejects.toThrow(
            /User orders_app has no CREATE permission/,
          );
          await withSession(first().address, superuser, it =>
            it.execute(`GRANT CREATE ON ALL KEYSPACES TO ${app.username}`),
          );
          await client.execute(create);
          await client.execute(
            'CREATE TABLE orders.items (id int PRIMARY KEY, name text)',
          );
        });
        await withSession(second().address, superuser, async client => {
          const tables = await client.execute(
            'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?',
            ['orders'],
            { prepare: true },
          );
          expect(tables.rows.map(row => row.get('table_name'))).toEqual([
            'items',
          ]);
        });
      },
      timeoutMs,
    );

    it(
      'refuses the old password once it was changed, and a login that was disabled',
      async () => {
        const changed = { ...app, password: 'changed' };
        const alter = (options: string) =>
          withSession(first().address, superuser, client =>
            client.execute(`ALTER ROLE ${app.username} WITH ${options}`),
          );
        await alter("PASSWORD = 'changed'");
        await expect(connectTo(second().address, app)).rejects.toThrow(
          /incorrect/,
        );
        await withSession(second().address, changed, async () => {});
        await alter('LOGIN = false');
        await expect(connectTo(second().address, changed)).rejects.toThrow(
          /is not permitted to log in/,
        );
      },
      timeoutMs,
    );

    it(
      'says which node is down, takes logins at the others and takes it back',
      async () => {
        await ring.stopNode(second().name);
        expect(second().state).toBe('stopped');
        await until(async () =>
          (await statesSeenBy(first().name)).includes('DN'),
        );
        const asked = await ring.nodetool(second().name, ['status']);
        expect(asked).toMatchObject({ exitCode: 1, stdout: '' });
        expect(asked.stderr).toMatch(/Connection refused/);
        await withSession(first().address, superuser, async () => {});
        await expect(connectTo(second().address, superuser)).rejects.toThrow(
          /ECONNREFUSED/,
        );

        await ring.startNode(second().name);
        await until(
          async () => !(await statesSeenBy(first().name)).includes('DN'),
        );
        await withSession(second().address, superuser, async () => {});
      },
      timeoutMs,
    );

    it(
      'listens nowhere once it is stopped',
      async () => {
        await ring.stop();
        for (const { address } of ring.nodes) {
          await expect(connectTo(address, superuser)).rejects.toThrow(
            /ECONNREFUSED/,
          );
        }
      },
      timeoutMs,
    );
  });
}
