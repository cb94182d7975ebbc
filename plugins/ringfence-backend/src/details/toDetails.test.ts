import type {
  Facts,
  KubernetesObject,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  caFacts,
  certificateFacts,
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../checks/__testUtils__/facts';
import { toDetails } from './toDetails';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const details = (changes: Partial<Facts> = {}) =>
  toDetails(healthyFacts(pki, changes));

describe('certificates', () => {
  it('tells what stands in them, and which one signed which', () => {
    const [ca, leaf] = details({
      certificates: [caFacts(pki), certificateFacts(pki)],
    }).certificates;
    expect(ca).toMatchObject({
      purpose: 'ca',
      subject: 'CN=orders CA',
      issuedBy: ca.name,
      key: 'ECDSA P-256',
    });
    expect(leaf).toMatchObject({
      name: 'orders',
      purpose: 'service',
      issuer: 'CN=orders CA',
      issuedBy: ca.name,
      names: ['orders.example.com', '203.0.113.11'],
      sha256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      notAfter: expect.stringContaining('2026-08-01'),
      renewalTime: expect.any(String),
    });
    expect(leaf.problem).toBeUndefined();
  });

  it.each([
    ['the Secret may not be read', FORBIDDEN, 'get is forbidden'],
    ['there is no Secret', seen(undefined), 'There is no Secret with it yet'],
    [
      'the Secret holds something else',
      seen({ certificatePem: 'not a certificate' }),
      'Its Secret holds no certificate that can be read',
    ],
  ])('says why it tells nothing where %s', (_what, secret, problem) => {
    const service = certificateFacts(pki);
    const [found] = details({
      certificates: [{ ...service, secret }],
    }).certificates;
    expect(found).toMatchObject({ problem, names: [] });
    expect(found.issuedBy).toBeUndefined();
  });
});

describe('peers', () => {
  const sample = (changes: Partial<TrafficSample> = {}): TrafficSample => ({
    reporter: 'destination',
    sourceWorkload: 'shop',
    sourceNamespace: 'shop',
    sourcePrincipal: 'spiffe://cluster.local/ns/shop/sa/shop',
    destinationWorkload: 'orders',
    securityPolicy: 'mutual_tls',
    connectionsOpened: 2,
    receivedBytes: 100,
    ...changes,
  });
  const unknown = {
    sourceWorkload: 'unknown',
    sourceNamespace: 'unknown',
    sourcePrincipal: 'unknown',
    securityPolicy: 'unknown',
  };
  const peers = (...samples: TrafficSample[]) =>
    details({ telemetry: seen(samples) }).peers;

  it('counts a connection once that both its ends report', () => {
    expect(
      peers(
        sample(),
        sample({ reporter: 'source', connectionsOpened: 3, receivedBytes: 90 }),
      ),
    ).toEqual([
      {
        workload: 'shop',
        namespace: 'shop',
        principal: 'spiffe://cluster.local/ns/shop/sa/shop',
        encrypted: true,
        connections: 3,
        receivedBytes: 100,
        refused: false,
      },
    ]);
  });

  it('has plaintext first, and what was refused apart', () => {
    const found = peers(
      sample(),
      sample(unknown),
      sample({ ...unknown, refused: 'CONNECT' }),
    );
    expect(found.map(({ encrypted, refused }) => [encrypted, refused])).toEqual(
      [
        [false, false],
        [false, true],
        [true, false],
      ],
    );
  });
});

describe('nodes', () => {
  it('tells of each what Kubernetes and the ring say', () => {
    const facts = healthyFacts(pki);
    const { nodes } = toDetails(facts);
    expect(nodes).toHaveLength(3);
    expect(nodes[0]).toMatchObject({
      name: 'orders-0',
      status: 'ok',
      ready: true,
      restarts: 0,
      ring: 'UN',
      hostedOn: expect.any(String),
    });
  });

  it('counts restarts of all containers, sidecars among them', () => {
    const pods = healthyFacts(pki).pods;
    const [first] = pods.known ? pods.value : [];
    const restarted: KubernetesObject = {
      ...first,
      status: {
        ...first.status,
        containerStatuses: [{ name: 'a', restartCount: 2 }, { name: 'b' }],
        initContainerStatuses: [{ name: 'any', restartCount: 1 }],
      },
    };
    expect(details({ pods: seen([restarted]) }).nodes[0].restarts).toBe(3);
  });

  it('says nothing of the ring that it was not asked', () => {
    const { nodes, unknown } = details({ ring: FORBIDDEN });
    expect(nodes[0].ring).toBeUndefined();
    expect(nodes[0].status).toBe('unknown');
    expect(unknown).toEqual([
      { what: 'State of the nodes in the ring', why: 'get is forbidden' },
    ]);
  });
});

it('has the latest warnings first, whichever form the API gives them in', () => {
  const event = (fields: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'event', creationTimestamp: NOW.toISOString() },
    ...fields,
  });
  const { warnings } = details({
    warnings: seen([
      event({
        reason: 'BackOff',
        message: 'Back-off restarting',
        count: 4,
        lastTimestamp: '2026-06-01T10:00:00Z',
        involvedObject: { kind: 'Pod', name: 'orders-0' },
      }),
      event({
        reason: 'FailedMount',
        note: 'no such Secret',
        series: { count: 7, lastObservedTime: '2026-06-01T11:00:00Z' },
        regarding: { kind: 'Pod', name: 'orders-1' },
      }),
      event({}),
    ]),
  });
  expect(warnings).toEqual([
    {
      at: NOW.toISOString(),
      reason: '',
      object: '',
      message: '',
      count: 1,
    },
    {
      at: '2026-06-01T11:00:00Z',
      reason: 'FailedMount',
      object: 'Pod orders-1',
      message: 'no such Secret',
      count: 7,
    },
    {
      at: '2026-06-01T10:00:00Z',
      reason: 'BackOff',
      object: 'Pod orders-0',
      message: 'Back-off restarting',
      count: 4,
    },
  ]);
});

it('says of what has not the form of its kind that it is not known, and tells the rest', () => {
  const broken = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 7 } };
  const { nodes, unknown, warnings } = toDetails({
    ...healthyFacts(pki),
    pods: seen([broken as never]),
    warnings: seen([null as never]),
  });
  expect(nodes).toEqual([]);
  expect(warnings).toEqual([]);
  expect(unknown).toEqual([
    { what: 'Nodes', why: expect.stringContaining('metadata.name') },
    { what: 'Events', why: expect.stringContaining('no Kubernetes object') },
  ]);
});
