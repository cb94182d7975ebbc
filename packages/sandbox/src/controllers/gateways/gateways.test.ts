import type {
  KubernetesObject,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '../../Sandbox';
import {
  goneOnce,
  hasCondition,
  objectOnce,
  pkiManifests,
  leafManifest,
  refOf,
} from '../../testing';
import { gatewayManifests, namespaceManifest } from '../../testing/database';

const namespace = 'orders';
const GATEWAY_API = 'gateway.networking.k8s.io/v1';

let sandbox: Sandbox;
let kubernetes: ReturnType<Sandbox['as']>;
beforeEach(async () => {
  sandbox = await createSandbox({ ring: () => ({ stub: 'this is a test' }) });
  kubernetes = sandbox.as('ringfence');
  await kubernetes.apply(namespaceManifest({ namespace }));
});
afterEach(() => sandbox.stop());

const [gatewayManifest, routeManifest] = gatewayManifests({ namespace });
const gateway = refOf(gatewayManifest);

const reasons = (conditions: any[]) =>
  Object.fromEntries(
    conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
const hasAddress = (it: KubernetesObject) => it.status?.addresses?.length === 1;

it('gives an address before the certificate is there, and says that it is missing', async () => {
  await kubernetes.apply(gatewayManifest);
  const { status } = await objectOnce(kubernetes, gateway, hasAddress);

  expect(status.addresses[0]).toMatchObject({
    type: 'IPAddress',
    value: expect.stringMatching(/^127\./),
  });
  expect(reasons(status.conditions)).toEqual({
    Accepted: 'False ListenersNotValid',
    Programmed: 'True Programmed',
    ResolvedRefs: 'True ResolvedRefs',
  });
  expect(reasons(status.listeners[0].conditions)).toEqual({
    Accepted: 'True Accepted',
    Conflicted: 'False NoConflicts',
    Programmed: 'False Invalid',
    ResolvedRefs: 'False InvalidCertificateRef',
  });
  expect(status.listeners[0].conditions[3].message).toBe(
    'invalid certificate reference /Secret/orders-tls., secret orders/orders-tls not found',
  );
});

it('turns all conditions to True when the Secret appears', async () => {
  await kubernetes.apply(gatewayManifest);
  await objectOnce(kubernetes, gateway, hasAddress);
  for (const manifest of [
    ...pkiManifests(namespace),
    leafManifest(namespace),
  ]) {
    await kubernetes.apply(manifest);
  }
  const { status } = await objectOnce(
    kubernetes,
    gateway,
    hasCondition('Accepted'),
  );
  expect(reasons(status.listeners[1].conditions)).toMatchObject({
    Programmed: 'True Programmed',
    ResolvedRefs: 'True ResolvedRefs',
  });
});

it('refuses a Secret whose key is from another pair', async () => {
  for (const manifest of [
    ...pkiManifests(namespace),
    leafManifest(namespace),
  ]) {
    await kubernetes.apply(manifest);
  }
  const secret = (name: string): ObjectRef => ({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    name,
  });
  const leaf = await objectOnce(kubernetes, secret('orders-tls'), () => true);
  const ca = await objectOnce(kubernetes, secret('ca'), () => true);
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mixed', namespace },
    data: { 'tls.crt': leaf.data['tls.crt'], 'tls.key': ca.data['tls.key'] },
  });
  const mixed = structuredClone(gatewayManifest);
  for (const { tls } of mixed.spec.listeners)
    tls.certificateRefs = [{ name: 'mixed' }];
  await kubernetes.apply(mixed);
  const { status } = await objectOnce(kubernetes, gateway, hasAddress);
  expect(status.listeners[0].conditions[3].message).toContain(
    'the certificate is malformed',
  );
});

it('makes ServiceAccount, Service, Deployment and a pod, and takes them away with the Gateway', async () => {
  await kubernetes.apply(gatewayManifest);
  await objectOnce(kubernetes, gateway, hasAddress);
  const child = (apiVersion: string, kind: string) =>
    kubernetes.get({
      apiVersion,
      kind,
      namespace,
      name: 'orders-gateway-istio',
    });
  const pods = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labels: { 'gateway.networking.k8s.io/gateway-name': 'orders-gateway' },
  };
  const service = await child('v1', 'Service');
  const made = [
    service,
    await child('v1', 'ServiceAccount'),
    await child('apps/v1', 'Deployment'),
    ...(await kubernetes.list(pods)),
  ];
  await kubernetes.delete(gateway);
  for (const object of made) await goneOnce(kubernetes, refOf(object!));

  expect(made).toHaveLength(4);
  expect(
    service!.spec.ports.map(
      (port: any) => `${port.name} ${port.appProtocol} ${port.port}`,
    ),
  ).toEqual([
    'status-port tcp 15021',
    'cql-tls tls 9041',
    'cql-tls-native tls 9042',
  ]);
});

it.each<[string, (route: any) => void, Record<string, string>, string]>([
  [
    'a listener that is not there',
    route => {
      route.spec.parentRefs[0].sectionName = 'nosuch';
    },
    { Accepted: 'False NoMatchingParent' },
    'sectionName "nosuch" not found',
  ],
  [
    'a Service that is not there',
    route => {
      route.spec.rules[0].backendRefs[0].name = 'nosuch';
    },
    { Accepted: 'True Accepted', ResolvedRefs: 'False BackendNotFound' },
    'backend(nosuch.orders.svc.cluster.local) not found',
  ],
])('says that a route names %s', async (_name, change, expected, message) => {
  const route = structuredClone(routeManifest);
  change(route);
  await kubernetes.apply(gatewayManifest);
  await kubernetes.apply(route);
  const attached = await objectOnce(
    kubernetes,
    refOf(route),
    it => it.status?.parents?.length === 1,
  );
  const { conditions } = attached.status.parents[0];
  expect(reasons(conditions)).toMatchObject(expected);
  expect(conditions.map((it: any) => it.message)).toContain(message);
});

it('attaches no kind of route that the listener does not allow', async () => {
  const strict = structuredClone(gatewayManifest);
  for (const listener of strict.spec.listeners) {
    listener.allowedRoutes = {
      namespaces: { from: 'Same' },
      kinds: [{ kind: 'TLSRoute' }],
    };
  }
  await kubernetes.apply(strict);
  await kubernetes.apply(routeManifest);
  const route = await objectOnce(
    kubernetes,
    refOf(routeManifest),
    it => it.status?.parents?.length === 1,
  );
  expect(reasons(route.status.parents[0].conditions)).toMatchObject({
    Accepted: 'False NotAllowedByListeners',
  });
});

it('says nothing of a route whose Gateway is not there, as Istio does', async () => {
  await kubernetes.apply(routeManifest);
  const route = await objectOnce(
    kubernetes,
    refOf(routeManifest),
    it => it.status?.parents !== undefined,
  );
  expect(route.status.parents).toEqual([]);
});

it('leaves Gateways of other classes alone', async () => {
  const other = structuredClone(gatewayManifest);
  other.spec.gatewayClassName = 'istio-waypoint';
  await kubernetes.apply(other);
  await kubernetes.apply(routeManifest);
  await objectOnce(
    kubernetes,
    refOf(routeManifest),
    it => it.status?.parents !== undefined,
  );
  expect((await kubernetes.get(gateway))!.status).toBeUndefined();
  expect(
    (await kubernetes.list({ apiVersion: GATEWAY_API, kind: 'Gateway' }))
      .length,
  ).toBe(1);
});
