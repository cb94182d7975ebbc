import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type {
  Blueprint,
  DatabaseTools,
  ExecResult,
  Facts,
  KubernetesObject,
  Login,
  Platform,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { DialError } from '@ringfence/connection/dial';
import { commonChecks } from '../checks/commonChecks';
import { runChecks } from '../checks/runChecks';
import {
  certificateObject,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  SERVER_NAME,
  type Pki,
} from '../checks/__testUtils__/facts';
import { peerAuthentication, ztunnel } from '../checks/__testUtils__/objects';
import type { StoredDatabase } from '../databases/Databases';
import {
  fakeCluster,
  secretObject,
  type FakeClusterOptions,
} from './__testUtils__/cluster';
import { Observer, type ObserverDeps } from './Observer';

let pki: Pki;
let base: Facts;
let gatewayServer: Server;
let gatewayPort: number;

/** What a gateway does with plaintext; TLS is the tools' affair. */
beforeAll(async () => {
  pki = await mintPki();
  gatewayServer = createServer(socket =>
    socket.once('data', () => socket.end()),
  );
  gatewayServer.listen(0, '127.0.0.1');
  await once(gatewayServer, 'listening');
  gatewayPort = (gatewayServer.address() as AddressInfo).port;
  const healthy = healthyFacts(pki);
  base = {
    ...healthy,
    access: { ...healthy.access, tlsPorts: [gatewayPort] },
    gateway: atLoopback(healthy.gateway),
  };
});
afterAll(() => gatewayServer.close());

function atLoopback(gateway: Facts['gateway']): Facts['gateway'] {
  const object = structuredClone(gateway.known ? gateway.value! : undefined!);
  object.status.addresses = [{ type: 'IPAddress', value: '127.0.0.1' }];
  return seen(object);
}

/** The objects that the facts of a healthy database come from. */
function objects(): KubernetesObject[] {
  const values = [
    base.namespace,
    base.statefulSet,
    base.pods,
    base.gateway,
    base.routes,
    base.peerAuthentications,
    base.authorizationPolicies,
    base.ztunnelPods,
    base.endpointSlices,
    base.volumeClaims,
  ].flatMap(fact => (fact.known ? [fact.value].flat() : []));
  return [
    ...(values as KubernetesObject[]),
    certificateObject('orders'),
    certificateObject('orders-ca'),
    secretObject('orders-tls', {
      'tls.crt': pki.leafPem,
      'ca.crt': pki.ca.certPem,
      'tls.key': 'PRIVATE',
    }),
    secretObject('orders-ca', {
      'tls.crt': pki.ca.certPem,
      'ca.crt': pki.ca.certPem,
      'tls.key': 'PRIVATE',
    }),
  ];
}

const RING = [
  'UN  10.244.0.10  1 KiB',
  'UN  10.244.0.11  1 KiB',
  'UN  10.244.0.12  1 KiB',
].join('\n');

const REFUSED = new DialError({
  step: 'tls',
  code: 'ProtocolTooOld',
  message: 'too old',
  remedy: '',
});
const NOT_HERE = { exitCode: 127, stdout: '', stderr: 'getent: not found' };

function setUp(
  options: Partial<FakeClusterOptions> = {},
  changes: { exposure?: 'none' } = {},
  deps: Partial<ObserverDeps> = {},
) {
  const kubernetes = fakeCluster({ objects: objects(), ...options });
  const logins: Array<[Login, Via]> = [];
  const askRing = jest.fn(
    async (): Promise<ExecResult> => ({
      exitCode: 0,
      stdout: RING,
      stderr: '',
    }),
  );
  const tools = {
    handshake: jest.fn(async ({ offer }: { offer?: { version?: string } }) => {
      if (offer?.version) throw REFUSED;
      return {
        protocol: 'TLSv1.3',
        cipher: 'x',
        certificatePem: pki.leafPem,
        chainPem: [pki.leafPem],
        verified: true,
      };
    }),
    exec: jest.fn(async (_pod: unknown, [program]: readonly string[]) =>
      program === 'getent' ? NOT_HERE : askRing(),
    ),
    tryLogin: jest.fn(async (login: Login, via: Via) => {
      logins.push([login, via]);
      return typeof login === 'object' && 'secret' in login
        ? ({ outcome: 'accepted' } as const)
        : ({ outcome: 'refused', message: 'bad credentials' } as const);
    }),
  };
  const blueprint = {
    access: () => ({
      ...base.access,
      exposure: changes.exposure ?? base.access.exposure,
    }),
    observation: () => ({
      ...base.observation,
      certificates: [
        { name: 'orders-ca', secret: 'orders-ca', purpose: 'ca' },
        { name: 'orders', secret: 'orders-tls', purpose: 'service' },
      ],
    }),
  } as unknown as Blueprint<any>;
  const database: StoredDatabase = {
    ref: base.database,
    spec: base.spec,
    blueprint,
    state: 'ready',
  };
  let nowMs = NOW.getTime();
  const observer = new Observer(
    {
      clusters: { get: () => ({ kubernetes, defaults: {} }) },
      createTools: () => tools as unknown as DatabaseTools,
      clock: () => new Date(nowMs),
      ...deps,
    },
    { probeTimeoutMs: 200 },
  );
  return {
    observer,
    database,
    tools,
    askRing,
    logins,
    pass: (ms: number) => (nowMs += ms),
  };
}

it('gathers what the checks ask for', async () => {
  const { observer, database } = setUp();
  const facts = await observer.facts(database);
  const notOk = runChecks(commonChecks, facts, NOW).filter(
    ({ status }) => status !== 'ok',
  );
  // The gateway has got another address than its certificate; no port can be
  // forwarded, no session opened, and nobody compares objects or keeps receipts.
  expect(notOk.map(({ check, status }) => `${check} ${status}`)).toEqual([
    'certificate.names warning',
    'certificate.holders unknown',
    'certificate.drift unknown',
    'mesh.traffic unknown',
    'mesh.drift unknown',
    'gateway.versions unknown',
    'gateway.drift unknown',
    'ring.names unknown',
    'ring.schema unknown',
    'ring.drift unknown',
    'access.drift unknown',
  ]);
});

it.each([
  ['trafficRules', 'networking.istio.io/v1', 'ServiceEntry'],
  ['trafficRules', 'networking.istio.io/v1', 'VirtualService'],
  ['trafficRules', 'networking.istio.io/v1', 'DestinationRule'],
  ['networkPolicies', 'networking.k8s.io/v1', 'NetworkPolicy'],
  ['endpointSlices', 'discovery.k8s.io/v1', 'EndpointSlice'],
  ['volumeClaims', 'v1', 'PersistentVolumeClaim'],
  ['certificateRequests', 'cert-manager.io/v1', 'CertificateRequest'],
  ['warnings', 'v1', 'Event'],
] as const)(
  'finds %s of its namespace alone: %s %s',
  async (fact, apiVersion, kind) => {
    const object = (namespace: string) => ({
      apiVersion,
      kind,
      metadata: { name: 'one', namespace },
      type: 'Warning',
    });
    const others = objects().filter(other => other.kind !== kind);
    const { observer, database } = setUp({
      objects: [object('orders'), object('theirs'), ...others],
    });
    const facts = await observer.facts(database);
    expect(facts[fact]).toEqual(seen([object('orders')]));
    const without = setUp({ objects: others });
    const none = await without.observer.facts(database);
    expect(none[fact]).toEqual(seen([]));
    const forbidden = setUp({ forbidden: [kind] });
    expect((await forbidden.observer.facts(database))[fact].known).toBe(false);
  },
);

it('leaves out events that are no warnings', async () => {
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'one', namespace: 'orders' },
    type: 'Normal',
  };
  const { observer, database } = setUp({ objects: [event, ...objects()] });
  const { warnings } = await observer.facts(database);
  expect(warnings).toEqual(seen([]));
});

it('knows the platform and who took bundles away', async () => {
  const receipt = {
    userRef: 'user:default/ada',
    caSha256: ['AB'],
    downloadedAt: NOW,
    expiresAt: NOW,
  };
  const platform = { kubernetesCluster: 'eu-1' } as Platform;
  const { observer, database } = setUp(
    {},
    {},
    {
      platforms: { read: async () => platform },
      history: { listBundles: async () => [receipt] },
    },
  );
  const facts = await observer.facts(database);
  expect(facts.platform).toEqual(seen(platform));
  expect(facts.receipts).toEqual(seen([receipt]));
});

it('reads no private key', async () => {
  const { observer, database } = setUp();
  expect(JSON.stringify(await observer.facts(database))).not.toContain(
    'UFJJVkFURQ',
  );
  expect(JSON.stringify(await observer.facts(database))).not.toContain(
    'PRIVATE',
  );
});

it('dials the gateway by its own address, and verifies the access name against the CA that clients have', async () => {
  const { observer, database, tools } = setUp();
  await observer.facts(database);
  expect(tools.handshake).toHaveBeenCalledWith(
    expect.objectContaining({
      host: '127.0.0.1',
      port: gatewayPort,
      serverName: SERVER_NAME,
      caPem: pki.ca.certPem,
    }),
  );
});

it('logs in as clients do, without a login and with the public one', async () => {
  const { observer, database, logins } = setUp();
  await observer.facts(database);
  expect(logins.map(([login]) => login)).toEqual([
    { secret: 'orders-app' },
    'anonymous',
    { username: 'cassandra', password: 'cassandra' },
  ]);
  expect(logins[0][1]).toEqual({
    host: '127.0.0.1',
    port: gatewayPort,
    serverName: SERVER_NAME,
    caSecret: 'orders-tls',
  });
});

it('logs in to a pod where there is no way in from outside', async () => {
  const { observer, database, logins } = setUp({}, { exposure: 'none' });
  const facts = await observer.facts(database);
  expect(logins[0][1]).toEqual({ pod: 'orders-0', port: 9042 });
  expect(facts.served).toMatchObject({
    known: false,
    why: 'the database is not exposed (access.exposure: none)',
  });
});

it('says of each fact alone that it may not be read', async () => {
  const { observer, database } = setUp({
    forbidden: ['PeerAuthentication', 'Secret'],
  });
  const facts = await observer.facts(database);
  expect(facts.peerAuthentications).toMatchObject({
    known: false,
    why: 'list PeerAuthentication is forbidden in "orders"',
  });
  expect(facts.certificates[1].secret).toMatchObject({
    known: false,
    remedy: expect.stringContaining('Grant'),
  });
  expect(facts.served).toMatchObject({
    known: false,
    why: 'get Secret is forbidden in "orders"',
  });
  expect(facts.pods.known).toBe(true);
});

it('does not take the answers of a database that is gone for those of its successor', async () => {
  const all = objects().map(object => structuredClone(object));
  const { observer, database, askRing } = setUp({ objects: all });
  const { metadata } = all.find(({ kind }) => kind === 'Namespace')!;
  for (const uid of ['one', 'one', 'two']) {
    metadata.uid = uid;
    await observer.facts(database);
  }
  expect(askRing).toHaveBeenCalledTimes(2);
});

it("does not take somebody's pod with ztunnel's label for the mesh", async () => {
  const impostor = ztunnel(0);
  const elsewhere = {
    ...impostor,
    metadata: { ...impostor.metadata, namespace: 'attic' },
  };
  const strict = peerAuthentication('STRICT', { namespace: 'attic' });
  const { observer, database } = setUp({
    objects: [elsewhere, strict, ...objects()],
  });
  const facts = await observer.facts(database);
  expect(
    facts.ztunnelPods.known &&
      facts.ztunnelPods.value.map(({ metadata }) => metadata.namespace),
  ).toEqual(['istio-system', 'istio-system', 'istio-system']);
  expect(facts.meshPeerAuthentications).toMatchObject({ value: [] });
});

it('finds ztunnel in its usual namespace where pods may not be listed everywhere', async () => {
  const { observer, database } = setUp({ namespacedOnly: ['Pod'] });
  const { ztunnelPods } = await observer.facts(database);
  expect(
    ztunnelPods.known && ztunnelPods.value.map(({ metadata }) => metadata.name),
  ).toEqual(['ztunnel-0', 'ztunnel-1', 'ztunnel-2']);
});

it('gives up on a probe that does not answer', async () => {
  const { observer, database, askRing } = setUp();
  askRing.mockReturnValue(new Promise(() => {}));
  const { ring } = await observer.facts(database);
  expect(ring).toMatchObject({ known: false, why: 'no answer within 0.2 s' });
});

it('asks the next pod where one does not answer', async () => {
  const { observer, database, askRing } = setUp();
  askRing.mockResolvedValueOnce({
    exitCode: 1,
    stdout: '',
    stderr: 'nodetool: Failed to connect',
  });
  const { ring } = await observer.facts(database);
  expect(ring.known && ring.value).toHaveLength(3);
});

it('says what the ring command printed where no pod answers', async () => {
  const { observer, database, askRing } = setUp();
  askRing.mockResolvedValue({
    exitCode: 1,
    stdout: '',
    stderr: 'nodetool: Failed to connect',
  });
  const { ring } = await observer.facts(database);
  expect(ring).toMatchObject({
    known: false,
    why: '"nodetool status" in pod "orders-2" ended with 1 and printed: nodetool: Failed to connect',
  });
});

it('keeps the answers of probes for a while, with their age, and reads objects each time', async () => {
  const { observer, database, askRing, pass } = setUp();
  await observer.facts(database);
  pass(15_000);
  const facts = await observer.facts(database);
  expect(askRing).toHaveBeenCalledTimes(1);
  expect(facts.ring.at).toEqual(NOW);
  expect(facts.pods.at).toEqual(new Date(NOW.getTime() + 15_000));
  pass(10_000);
  await observer.facts(database);
  expect(askRing).toHaveBeenCalledTimes(2);
});

it('runs the probes again when asked to', async () => {
  const { observer, database, askRing } = setUp();
  await observer.facts(database);
  await observer.facts(database, { refresh: true });
  expect(askRing).toHaveBeenCalledTimes(2);
});

it('probes a database once for all who ask at the same time', async () => {
  const { observer, database, askRing } = setUp();
  await Promise.all([
    observer.facts(database),
    observer.facts(database),
    observer.facts(database),
  ]);
  expect(askRing).toHaveBeenCalledTimes(1);
});

it('tells where objects differ from the manifests of the stored spec', async () => {
  const readDrift = jest.fn(async () => [
    { object: 'Service orders/orders', yaml: 'a: b', drift: [] },
    {
      object: 'StatefulSet orders/orders',
      yaml: 'a: b',
      drift: [{ field: 'spec.replicas', wanted: '3', found: '1' }],
    },
  ]);
  const platforms = { read: async () => ({} as Platform) };
  const { observer, database, pass } = setUp({}, {}, { readDrift, platforms });
  expect((await observer.facts(database)).drift).toEqual(
    seen([
      {
        object: 'StatefulSet orders/orders',
        field: 'spec.replicas',
        wanted: '3',
        found: '1',
      },
    ]),
  );
  pass(5 * 60_000);
  await observer.facts(database);
  expect(readDrift).toHaveBeenCalledTimes(1);
});
