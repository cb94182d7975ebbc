import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf, type Row } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { endpointSlice, pod, service } from './__testUtils__/objects';
import { healthyPlatform } from './__testUtils__/platform';
import { gatewayEndpoints } from './gatewayEndpoints';
import { gatewayOtherWays } from './gatewayOtherWays';
import { gatewayTls } from './gatewayTls';
import { gatewayVersions } from './gatewayVersions';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const healthy = () => healthyFacts(pki);
const notExposed = ({ access }: Facts) => ({
  access: { ...access, exposure: 'none' as const },
});

const grants = (to: object): Partial<Facts> => ({
  referenceGrants: seen([
    {
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name: 'theirs', namespace: 'orders' },
      spec: {
        from: [
          {
            group: 'gateway.networking.k8s.io',
            kind: 'TCPRoute',
            namespace: 'billing',
          },
        ],
        to: [to],
      },
    },
  ]),
});

describe('gateway.tls', () => {
  const wire = {
    port: 9041,
    hybridKeyExchange: 'taken',
    legacyTaken: [],
    handshakeMs: 12.4,
  } as const;
  it.each<Row>([
    ['names the hybrid key exchange', {}, ['ok Hybrid']],
    [
      'is ok without it',
      { wire: seen({ ...wire, hybridKeyExchange: 'refused' }) },
      ['ok Modern'],
    ],
    [
      'is ok where this runtime cannot offer it',
      { wire: seen({ ...wire, hybridKeyExchange: 'unknown' }) },
      ['ok Modern'],
    ],
    [
      'fails where an old version is taken',
      { wire: seen({ ...wire, legacyTaken: ['TLSv1.1'] }) },
      ['failing LegacyTaken'],
    ],
    [
      'is unknown where an old version could not be tried',
      { wire: seen({ ...wire, legacyUntested: ['TLSv1'] }) },
      ['unknown NotTried'],
    ],
    ['is unknown without a probe', { wire: FORBIDDEN }, ['unknown NotLooked']],
    ['says nothing without a way in', notExposed, []],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(gatewayTls, healthy(), changes)).toEqual(verdicts);
  });

  it('names the versions that are taken', () => {
    const [{ summary, evidence }] = findingsOf(gatewayTls, {
      ...healthy(),
      wire: seen({
        ...wire,
        hybridKeyExchange: 'unknown',
        legacyTaken: ['TLSv1', 'TLSv1.1'],
      }),
    });
    expect(summary).toBe('Port 9041 of the gateway takes TLS 1.0 and TLS 1.1');
    expect(evidence).toMatchObject({
      X25519MLKEM768: expect.stringMatching('^not known'),
      handshakeMs: 12,
    });
  });
});

describe('gateway.endpoints', () => {
  it.each<Row>([
    ['is ok where every pod is behind the route', {}, ['ok Ready']],
    [
      'fails where none is',
      { endpointSlices: seen([endpointSlice('orders', [0, 1, 2])]) },
      ['failing NoEndpoints'],
    ],
    [
      'fails where none is ready',
      { endpointSlices: seen([endpointSlice('orders-cql', [0, 1], false)]) },
      ['failing NoEndpoints'],
    ],
    [
      'fails for a slice that is null, as an empty one is written',
      {
        endpointSlices: seen([
          { ...endpointSlice('orders-cql', []), endpoints: null },
        ]),
      },
      ['failing NoEndpoints'],
    ],
    [
      'warns where a ready pod is left out',
      { endpointSlices: seen([endpointSlice('orders-cql', [0, 1])]) },
      ['warning NotAllPods'],
    ],
    ...['IPv4', 'IPv6'].map<Row>(addressType => [
      `fails where an ${addressType} address of somebody else is behind it`,
      {
        endpointSlices: seen([
          endpointSlice('orders-cql', [0, 1, 2]),
          { ...endpointSlice('orders-cql', [7]), addressType },
        ]),
      },
      ['failing ForeignEndpoint'],
    ]),
    [
      'does not count the second family of addresses',
      {
        pods: seen([pod(0)]),
        endpointSlices: seen([
          endpointSlice('orders-cql', [0]),
          { ...endpointSlice('orders-cql', [0]), addressType: 'IPv6' },
        ]),
      },
      ['ok Ready'],
    ],
    [
      'is unknown without rights',
      { endpointSlices: FORBIDDEN },
      ['unknown NotLooked'],
    ],
    ['says nothing without a way in', notExposed, []],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(gatewayEndpoints, healthy(), changes)).toEqual(verdicts);
  });
});

describe('gateway.versions', () => {
  const old = {
    platform: seen(
      healthyPlatform({
        istio: { ...healthyPlatform().istio!, version: '1.29.2' },
      }),
    ),
  };
  it.each<Row>([
    ['is ok where the two fit', {}, ['ok Fit']],
    [
      'fails where Istio reads none of the routes that are served',
      { ...old, routes: seen([]) },
      ['failing DoNotFit'],
    ],
    [
      'warns where the route is attached all the same',
      old,
      ['warning StillAttached'],
    ],
    [
      'is unknown where the platform cannot be read',
      { platform: FORBIDDEN },
      ['unknown NotLooked'],
    ],
    ['says nothing without a way in', notExposed, []],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(gatewayVersions, healthy(), changes)).toEqual(verdicts);
  });
});

describe('gateway.other-ways', () => {
  const services = (...all: KubernetesObject[]) => ({ services: seen(all) });
  const inPod = (spec: Record<string, unknown>) => ({
    pods: seen([{ ...pod(0), spec: { nodeName: 'node-0', ...spec } }]),
  });
  const route = (
    name: string,
    parent: object,
    backend: object = { name: 'orders-cql' },
  ): KubernetesObject => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'TCPRoute',
    metadata: { name, namespace: 'orders' },
    spec: {
      parentRefs: [{ name: 'orders-gateway' }, parent],
      rules: [{ backendRefs: [backend] }],
    },
  });
  const other = { name: 'shared', namespace: 'ingress' };
  it.each<Row>([
    ['is ok where the gateway is the only way', {}, ['ok None']],
    [
      'fails where its own route is attached to another Gateway, too',
      { routes: seen([route('orders-cql', other)]) },
      ['failing RouteElsewhere'],
    ],
    [
      'fails for a Gateway of the same name elsewhere',
      {
        routes: seen([
          route('orders-cql', { name: 'orders-gateway', namespace: 'theirs' }),
        ]),
      },
      ['failing RouteElsewhere'],
    ],
    [
      "fails where somebody else's route leads to the pods from another Gateway",
      { otherRoutes: seen([route('plain', other)]) },
      ['failing RouteElsewhere'],
    ],
    [
      'does not mind one that leads elsewhere',
      { otherRoutes: seen([route('plain', other, { name: 'adminer' })]) },
      ['ok None'],
    ],
    [
      'does not mind one from its own Gateway',
      { otherRoutes: seen([route('more', { name: 'orders-gateway' })]) },
      ['ok None'],
    ],
    [
      'is unknown where other routes may not be read',
      { otherRoutes: FORBIDDEN },
      ['unknown NotLooked'],
    ],
    [
      'fails for a LoadBalancer of the pods',
      services(service('direct', { type: 'LoadBalancer' })),
      ['failing ServiceExposed'],
    ],
    [
      'fails for a NodePort of the pods',
      services(service('direct', { type: 'NodePort' })),
      ['failing ServiceExposed'],
    ],
    [
      'fails for external addresses',
      services(service('direct', { externalIPs: ['203.0.113.50'] })),
      ['failing ServiceExposed'],
    ],
    [
      'fails for a Service without a selector that leads to a pod by its address',
      {
        ...services(
          service('direct', { type: 'NodePort', selector: undefined }),
        ),
        endpointSlices: seen([endpointSlice('direct', [1])]),
      },
      ['failing ServiceExposed'],
    ],
    [
      "does not mind the gateway's own",
      services(
        service('orders-gateway-istio', {
          type: 'LoadBalancer',
          selector: { 'gateway.networking.k8s.io/gateway-name': 'orders' },
        }),
      ),
      ['ok None'],
    ],
    [
      'fails for a pod on a port of its node',
      inPod({ containers: [{ name: 'scylla', ports: [{ hostPort: 9042 }] }] }),
      ['failing HostPort'],
    ],
    [
      'fails for a port of the node that a sidecar among the init containers takes',
      inPod({
        initContainers: [{ name: 'relay', ports: [{ hostPort: 9042 }] }],
      }),
      ['failing HostPort'],
    ],
    [
      "fails for a pod in its node's network",
      inPod({ hostNetwork: true }),
      ['failing HostPort'],
    ],
    [
      'reports both',
      {
        ...services(service('direct', { type: 'NodePort' })),
        ...inPod({ hostNetwork: true }),
      },
      ['failing ServiceExposed', 'failing HostPort'],
    ],
    [
      'is unknown without rights',
      { services: FORBIDDEN },
      ['unknown NotLooked'],
    ],
    [
      'warns of a grant for all Services',
      grants({ group: '', kind: 'Service' }),
      ['warning Granted'],
    ],
    [
      'warns of a grant for the key of the gateway',
      (facts: Facts) => ({
        ...grants({ group: '', kind: 'Secret', name: 'orders-tls' }),
        observation: {
          ...facts.observation,
          certificates: [
            { name: 'orders', secret: 'orders-tls', purpose: 'service' },
          ],
        },
      }),
      ['warning Granted'],
    ],
    [
      'does not mind a grant for something else',
      grants({ group: '', kind: 'Secret', name: 'reviews-tls' }),
      ['ok None'],
    ],
    [
      'is unknown where grants cannot be read',
      { referenceGrants: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(gatewayOtherWays, healthy(), changes)).toEqual(verdicts);
  });

  it('names the Service and its ports', () => {
    const direct = service('direct', {
      type: 'NodePort',
      ports: [{ port: 9042, nodePort: 30042 }],
    });
    const [{ summary, evidence, remedy }] = findingsOf(gatewayOtherWays, {
      ...healthy(),
      ...services(direct),
    });
    expect(summary).toBe(
      'Service "orders/direct" leads to the pods past the gateway',
    );
    expect(evidence).toEqual({
      services: ['direct: NodePort, ports 9042 (on nodes 30042)'],
    });
    expect(remedy?.command).toBe('kubectl delete service direct -n orders');
  });
});
