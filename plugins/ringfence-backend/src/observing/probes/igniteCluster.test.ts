import { NotAllowedError } from '@backstage/errors';
import type {
  DatabaseTools,
  IgniteSession,
  IgniteState,
  Login,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  healthyFacts,
  mintPki,
  NOW,
  type Pki,
} from '../../checks/__testUtils__/facts';
import { probeIgniteCluster } from './igniteCluster';
import type { ProbeContext } from './Probe';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

type Rows = unknown[][] | Error;

const GONE = { outcome: 'unreachable', message: 'nobody listens' } as const;

/** A session that answers by the view asked for. */
function session(
  views: { nodes?: Rows; baseline?: Rows },
  state: IgniteState = 'ACTIVE',
) {
  const close = jest.fn(async () => {});
  const ignite: IgniteSession = {
    async query(sql) {
      const answer = sql.includes('SYS.NODES') ? views.nodes : views.baseline;
      if (answer instanceof Error) throw answer;
      return answer ?? [];
    },
    state: async () => state,
    setState: async () => {},
    serverNodes: async () => 2,
    close,
  };
  return { ignite, close };
}

function probe(
  open: (login: Login) => Promise<IgniteSession>,
  access: object = {},
  tryLogin: DatabaseTools['tryLogin'] = async () => GONE,
) {
  const facts = healthyFacts(pki);
  const context = {
    namespace: 'orders',
    access: { ...facts.access, protocol: 'ignite', ...access },
    observation: facts.observation,
    objects: facts,
    tools: { ignite: open, tryLogin },
  } as unknown as ProbeContext;
  return probeIgniteCluster(context, new AbortController().signal, () => NOW);
}

/** As Ignite 2.17 answers, of pods whose addresses the facts have. */
const NODES = [
  ['node-0', '[10.244.0.10, 127.0.0.1]'],
  ['node-1', '[0:0:0:0:0:0:0:1%lo, 127.0.0.1, 10.244.0.11]'],
];
const BASELINE = [
  ['node-0', true],
  ['node-1', true],
];

it('knows the nodes of the topology by the addresses of their pods', async () => {
  const { ignite, close } = session({ nodes: NODES, baseline: BASELINE });
  const answer = await probe(async () => ignite);
  expect(answer).toMatchObject({
    clusterState: { known: true, value: 'ACTIVE' },
    ring: {
      known: true,
      value: [
        { address: '10.244.0.10', state: 'UN', hostId: 'node-0' },
        { address: '10.244.0.11', state: 'UN', hostId: 'node-1' },
      ],
    },
  });
  expect(close).toHaveBeenCalledTimes(1);
});

it('tells a node that is not in the baseline from those that keep data', async () => {
  const { ignite } = session({ nodes: NODES, baseline: BASELINE.slice(0, 1) });
  const { ring } = await probe(async () => ignite);
  expect(ring).toMatchObject({ value: [{ state: 'UN' }, { state: 'UJ' }] });
});

it('counts a node of the baseline that has left the topology as down', async () => {
  const { ignite } = session({
    nodes: NODES.slice(0, 1),
    baseline: [BASELINE[0], ['node-1', false]],
  });
  const { ring } = await probe(async () => ignite);
  expect(ring).toMatchObject({
    value: [
      { address: '10.244.0.10', state: 'UN' },
      { address: 'node-1', state: 'DN' },
    ],
  });
});

it('knows a node that is away by its pod, where it is named after one', async () => {
  const { ignite } = session({
    nodes: NODES.slice(0, 1),
    baseline: [BASELINE[0], ['orders-1', false]],
  });
  const { ring } = await probe(async () => ignite);
  expect(ring).toMatchObject({
    value: [{ state: 'UN' }, { address: '10.244.0.11', state: 'DN' }],
  });
});

it('tells a node that stands alone from one that has just stopped', async () => {
  const { ignite } = session({
    nodes: NODES.slice(0, 1),
    baseline: [BASELINE[0], ['orders-1', false]],
  });
  const asked: unknown[] = [];
  const { apart } = await probe(
    async () => ignite,
    {},
    async (login, via) => {
      asked.push([login, via]);
      return 'pod' in via && via.pod === 'orders-1'
        ? { outcome: 'refused', message: 'the node asks for a login' }
        : GONE;
    },
  );
  expect(asked).toEqual([
    ['anonymous', { pod: 'orders-1', port: 9042 }],
    ['anonymous', { pod: 'orders-2', port: 9042 }],
  ]);
  expect(apart).toMatchObject({ known: true, value: ['orders-1'] });
});

it('tells the state of a cluster that answers no SQL since it is inactive', async () => {
  const asked = new Error('the cluster is inactive');
  const { ignite } = session({ nodes: asked }, 'INACTIVE');
  expect(await probe(async () => ignite)).toMatchObject({
    clusterState: { known: true, value: 'INACTIVE' },
    ring: {
      known: false,
      why: 'the cluster of 2 nodes is INACTIVE and answers no SQL',
    },
  });
});

it('tells the state where the views cannot be read', async () => {
  const { ignite, close } = session({ nodes: new Error('no such view') });
  expect(await probe(async () => ignite)).toMatchObject({
    clusterState: { known: true },
    ring: { known: false, why: 'no such view' },
  });
  expect(close).toHaveBeenCalledTimes(1);
});

it('asks as the application user where the superuser is refused', async () => {
  const { ignite } = session({ nodes: NODES, baseline: BASELINE });
  const asked: Login[] = [];
  await probe(async login => {
    asked.push(login);
    if (asked.length === 1) throw new NotAllowedError('refused');
    return ignite;
  });
  expect(asked).toEqual([
    { secret: 'orders-superuser' },
    { secret: 'orders-app' },
  ]);
});

it('asks for nobody where the database knows no logins', async () => {
  const { ignite } = session({ nodes: NODES, baseline: BASELINE });
  const asked: Login[] = [];
  await probe(
    async login => {
      asked.push(login);
      return ignite;
    },
    { applicationRoleSecret: undefined },
  );
  expect(asked).toEqual(['anonymous']);
});

it('throws what keeps it from a session, and does not try another login', async () => {
  const open = jest.fn(async () => {
    throw new Error('connect ECONNREFUSED');
  });
  await expect(probe(open)).rejects.toThrow('ECONNREFUSED');
  expect(open).toHaveBeenCalledTimes(1);
});
