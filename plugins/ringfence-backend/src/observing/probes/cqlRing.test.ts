import { NotAllowedError } from '@backstage/errors';
import type { CqlSession } from '@ringfence/backstage-plugin-ringfence-node';
import {
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../../checks/__testUtils__/facts';
import { probeCqlRing } from './cqlRing';
import { readGossip } from './gossip';
import type { ProbeContext } from './Probe';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

type Rows = Array<Record<string, unknown>>;

/** As the driver says that a table is not there, or may not be read. */
const cqlError = (code: number, message: string) =>
  Object.assign(new Error(message), { code });
const NO_TABLE = cqlError(0x2200, 'table cluster_status does not exist');
const NO_RIGHT = cqlError(0x2100, 'User app has no SELECT permission');

const A = '0d1f3a52-0c9b-3f5c-9f5e-7a8d4f3b2c1a';
const B = '59adb24e-f3cd-3e02-97f0-5b395827453f';

/** A session that answers by the table asked for. */
function session(tables: Record<string, Rows | Error | (() => Rows)>) {
  const close = jest.fn(async () => {});
  const cql: CqlSession = {
    async execute(query) {
      const table = /FROM (\S+)/.exec(query)![1];
      const answer = tables[table] ?? NO_TABLE;
      if (answer instanceof Error) throw answer;
      return typeof answer === 'function' ? answer() : answer;
    },
    close,
  };
  return { cql, close };
}

const SCHEMA = {
  'system.local': [{ broadcast_address: '10.0.0.1', schema_version: A }],
  'system.peers': [{ peer: '10.0.0.2', schema_version: A }],
};

function probe(
  open: (secret: string) => Promise<CqlSession>,
  signal = new AbortController().signal,
) {
  const facts = healthyFacts(pki);
  const context = {
    namespace: 'orders',
    access: facts.access,
    observation: facts.observation,
    objects: facts,
    tools: { cql: ({ secret }: { secret: string }) => open(secret) },
  } as unknown as ProbeContext;
  return probeCqlRing(context, signal, () => NOW);
}

/** As ScyllaDB has it; columns differ from version to version. */
const member = (changes: object = {}) => ({
  peer: '10.0.0.1',
  dc: 'dc1',
  host_id: 'c2b57d5f-8441-43df-9e93-ad961b1714da',
  load: '117442.56',
  owns: 0.5,
  status: 'NORMAL',
  tokens: 256,
  up: true,
  ...changes,
});

it('knows from ScyllaDB which node is up', async () => {
  const { cql, close } = session({
    ...SCHEMA,
    'system.cluster_status': [
      member({ rack: 'rack1' }),
      member({ peer: '10.0.0.2', up: false, load: null }),
      member({ peer: '10.0.0.3', status: 'BOOT', host_id: null }),
      member({ peer: '10.0.0.4', status: 'LEFT', up: false }),
      member({ peer: '10.0.0.5', status: undefined, up: null }),
    ],
  });
  const { ring } = await probe(async () => cql);
  const id = { hostId: 'c2b57d5f-8441-43df-9e93-ad961b1714da' };
  const load = { load: '114.69 KiB' };
  const datacenter = 'dc1';
  expect(ring).toEqual(
    seen([
      {
        address: '10.0.0.1',
        state: 'UN',
        datacenter,
        rack: 'rack1',
        ...id,
        ...load,
      },
      { address: '10.0.0.2', state: 'DN', datacenter, ...id },
      { address: '10.0.0.3', state: 'UJ', datacenter, ...load },
      { address: '10.0.0.5', state: '??', datacenter, ...id, ...load },
    ]),
  );
  expect(close).toHaveBeenCalledTimes(1);
});

it('reads as the superuser, since others may not', async () => {
  const open = jest.fn(async () => session(SCHEMA).cql);
  await probe(open);
  expect(open.mock.calls).toEqual([['orders-superuser']]);
});

it('reads the schema alone where the superuser is refused', async () => {
  const { cql } = session({ ...SCHEMA, 'system.cluster_status': NO_RIGHT });
  const answer = await probe(async secret => {
    if (secret === 'orders-app') return cql;
    throw new NotAllowedError('The database refused the login');
  });
  expect(answer.ring).toMatchObject({ known: false, why: NO_RIGHT.message });
  expect(answer.schemas).toEqual(
    seen([{ version: A, nodes: ['10.0.0.1', '10.0.0.2'] }]),
  );
});

it('tries no other login where the database cannot be reached', async () => {
  const open = jest.fn(async () => {
    throw new Error('no way');
  });
  await expect(probe(open)).rejects.toThrow('no way');
  expect(open).toHaveBeenCalledTimes(1);
});

it('leaves no session behind that opens when the time is over', async () => {
  const { cql, close } = session(SCHEMA);
  const late = new AbortController();
  let open: (session: CqlSession) => void = () => {};
  const opening = new Promise<CqlSession>(resolve => {
    open = resolve;
  });
  const answer = probe(() => opening, late.signal);
  late.abort();
  open(cql);
  await answer;
  expect(close).toHaveBeenCalled();
});

it.each([
  [
    'differ',
    [{ peer: '10.0.0.2', schema_version: B }],
    [
      { version: A, nodes: ['10.0.0.1'] },
      { version: B, nodes: ['10.0.0.2'] },
    ],
  ],
  [
    'are not known of a node',
    [{ peer: '10.0.0.2', schema_version: null }],
    [
      { version: A, nodes: ['10.0.0.1'] },
      { version: 'UNREACHABLE', nodes: ['10.0.0.2'] },
    ],
  ],
])('schema versions that %s', async (_what, peers, expected) => {
  const { cql } = session({ ...SCHEMA, 'system.peers': peers });
  const { schemas } = await probe(async () => cql);
  expect(schemas).toEqual(seen(expected));
});

describe("Cassandra's gossip", () => {
  const node = (address: string, heartbeat: number, changes: object = {}) => ({
    address,
    dc: 'dc1',
    rack: 'rack1',
    generation: 1,
    heartbeat,
    host_id: null,
    load: '147480.0',
    status: null,
    status_with_port: 'NORMAL,-1405011044884702645',
    ...changes,
  });
  const states = async (...readings: Rows[]) => {
    let last: Rows = [];
    const { cql } = session({
      'system_views.gossip_info': () => {
        last = readings.shift() ?? last;
        return last;
      },
    });
    const { signal } = new AbortController();
    const options = { everyMs: 1, silenceMs: 20 };
    const nodes = await readGossip(cql, signal, options);
    return nodes.map(({ address, state }) => `${address} ${state}`);
  };

  it('knows a node to be up whose heartbeat goes on, as soon as all do', async () => {
    expect(
      await states(
        [node('a', 1), node('b', 7)],
        [node('a', 2), node('b', 7)],
        [node('a', 3), node('b', 8)],
      ),
    ).toEqual(['a UN', 'b UN']);
  });

  it.each([
    ['one that began anew', { generation: 2 }, 'b UN'],
    ['one that joins', { heartbeat: 8, status_with_port: 'BOOT,1' }, 'b UJ'],
    ['one that leaves', { heartbeat: 8, status_with_port: 'LEAVING' }, 'b UL'],
    ['one that was shut down', { status_with_port: 'shutdown,true' }, 'b DN'],
    ['one that nobody hears of', {}, 'b ?N'],
    [
      'one of an older version',
      { heartbeat: 8, status_with_port: null, status: 'NORMAL,1' },
      'b UN',
    ],
  ])('tells of %s', async (_what, changes, expected) => {
    expect(
      await states(
        [node('a', 1), node('b', 7)],
        [node('a', 2), node('b', 7, changes)],
      ),
    ).toEqual(['a UN', expected]);
  });

  it.each(['LEFT,1,2', 'removed,x'])('leaves out one that is %s', async it => {
    expect(
      await states(
        [node('a', 1), node('b', 7, { status_with_port: it })],
        [node('a', 2)],
      ),
    ).toEqual(['a UN']);
  });

  it('is not known where it may not be read', async () => {
    const { cql } = session({
      ...SCHEMA,
      'system_views.gossip_info': NO_RIGHT,
    });
    const { ring, schemas } = await probe(async () => cql);
    expect(ring).toMatchObject({ known: false, why: NO_RIGHT.message });
    expect(schemas.known).toBe(true);
  });
});
