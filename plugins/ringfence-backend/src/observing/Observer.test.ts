import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import { commonChecks } from '../checks/commonChecks';
import { runChecks } from '../checks/runChecks';
import { NOW, seen } from '../checks/__testUtils__/facts';
import { peerAuthentication, ztunnel } from '../checks/__testUtils__/objects';
import { liveObjects } from './ObjectSource';
import {
  objectsOf,
  observe,
  startLoopbackGateway,
  type LoopbackGateway,
} from './__testUtils__/observe';

let gateway: LoopbackGateway;

beforeAll(async () => {
  gateway = await startLoopbackGateway();
});
afterAll(() => gateway.close());

it('gathers what the checks ask for', async () => {
  const { observer, database } = observe(gateway);
  const facts = await observer.facts(database, { refresh: true });
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
  ['referenceGrants', 'gateway.networking.k8s.io/v1beta1', 'ReferenceGrant'],
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
    const others = objectsOf(gateway).filter(other => other.kind !== kind);
    const { observer, database } = observe(gateway, {
      objects: [object('orders'), object('theirs'), ...others],
    });
    const facts = await observer.facts(database, { refresh: true });
    expect(facts[fact]).toEqual(seen([object('orders')]));
    const without = observe(gateway, { objects: others });
    const none = await without.observer.facts(database, { refresh: true });
    expect(none[fact]).toEqual(seen([]));
    const forbidden = observe(gateway, { forbidden: [kind] });
    expect(
      (await forbidden.observer.facts(database, { refresh: true }))[fact].known,
    ).toBe(false);
  },
);

it('finds a pod of the StatefulSet that has lost its label, where watches do not tell of it', async () => {
  const all = objectsOf(gateway).map(object => structuredClone(object));
  const ring = all.find(({ kind }) => kind === 'StatefulSet')!;
  const podsFrom = async (replicas: number) => {
    ring.status = { replicas };
    const { observer, database } = observe(
      gateway,
      { objects: all },
      {},
      {
        sources: kubernetes => {
          const live = liveObjects(kubernetes, () => NOW);
          const list: typeof live.list = async (selector, options) => {
            const objects = await live.list(selector);
            const isUnseen = selector.kind === 'Pod' && !options?.live;
            return isUnseen && objects.known
              ? seen(objects.value.slice(1))
              : objects;
          };
          return { ...live, list };
        },
      },
    );
    const { pods } = await observer.facts(database);
    return pods.known && pods.value.length;
  };
  expect(await podsFrom(2)).toBe(2);
  expect(await podsFrom(3)).toBe(3);
});

it('leaves out events that are no warnings', async () => {
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'one', namespace: 'orders' },
    type: 'Normal',
  };
  const { observer, database } = observe(gateway, {
    objects: [event, ...objectsOf(gateway)],
  });
  const { warnings } = await observer.facts(database, { refresh: true });
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
  const { observer, database } = observe(
    gateway,
    {},
    {},
    {
      platforms: { read: async () => platform },
      history: { listBundles: async () => [receipt] },
    },
  );
  const facts = await observer.facts(database, { refresh: true });
  expect(facts.platform).toEqual(seen(platform));
  expect(facts.receipts).toEqual(seen([receipt]));
});

it('reads no private key', async () => {
  const { observer, database } = observe(gateway);
  expect(
    JSON.stringify(await observer.facts(database, { refresh: true })),
  ).not.toContain('UFJJVkFURQ');
  expect(
    JSON.stringify(await observer.facts(database, { refresh: true })),
  ).not.toContain('PRIVATE');
});

it('says of each fact alone that it may not be read', async () => {
  const { observer, database } = observe(gateway, {
    forbidden: ['PeerAuthentication', 'Secret'],
  });
  const facts = await observer.facts(database, { refresh: true });
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

it("does not take somebody's pod with ztunnel's label for the mesh", async () => {
  const impostor = ztunnel(0);
  const elsewhere = {
    ...impostor,
    metadata: { ...impostor.metadata, namespace: 'attic' },
  };
  const strict = peerAuthentication('STRICT', { namespace: 'attic' });
  const { observer, database } = observe(gateway, {
    objects: [elsewhere, strict, ...objectsOf(gateway)],
  });
  const facts = await observer.facts(database, { refresh: true });
  expect(
    facts.ztunnelPods.known &&
      facts.ztunnelPods.value.map(({ metadata }) => metadata.namespace),
  ).toEqual(['istio-system', 'istio-system', 'istio-system']);
  expect(facts.meshPeerAuthentications).toMatchObject({ value: [] });
});

it('finds ztunnel in its usual namespace where pods may not be listed everywhere', async () => {
  const { observer, database } = observe(gateway, { namespacedOnly: ['Pod'] });
  const { ztunnelPods } = await observer.facts(database, { refresh: true });
  expect(
    ztunnelPods.known && ztunnelPods.value.map(({ metadata }) => metadata.name),
  ).toEqual(['ztunnel-0', 'ztunnel-1', 'ztunnel-2']);
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
  const { observer, database, pass } = observe(
    gateway,
    {},
    {},
    { readDrift, platforms },
  );
  expect((await observer.facts(database, { refresh: true })).drift).toEqual(
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
