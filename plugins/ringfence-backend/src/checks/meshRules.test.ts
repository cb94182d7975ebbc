import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf, type Row } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { NAMESPACE, pod } from './__testUtils__/objects';
import { healthyPlatform } from './__testUtils__/platform';
import { sidecarFacts, statefulSet } from './__testUtils__/sidecar';
import { meshListenAddress } from './meshListenAddress';
import { meshTrafficRules } from './meshTrafficRules';
import { ringNames } from './ringNames';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const sidecars = () => sidecarFacts(pki);

function rule(
  kind: string,
  spec: Record<string, unknown>,
  labels?: Record<string, string>,
): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name: 'old', namespace: NAMESPACE, ...(labels && { labels }) },
    spec,
  };
}

/** The same in another namespace. */
function elsewhere(object: KubernetesObject): KubernetesObject {
  const metadata = { ...object.metadata, namespace: 'billing' };
  return { ...object, metadata };
}

/** The same in the mesh's root namespace. */
function ofMesh(object: KubernetesObject): KubernetesObject {
  const metadata = { ...object.metadata, namespace: 'istio-system' };
  return { ...object, metadata };
}

describe('mesh.traffic-rules and waypoints', () => {
  const WAYPOINT = 'istio.io/use-waypoint';
  const labelled = (object: KubernetesObject, name: string) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, [WAYPOINT]: name },
    },
  });
  const namespace = { apiVersion: 'v1', kind: 'Namespace' };
  const withNamespace = (name: string) => ({
    namespace: seen(
      labelled({ ...namespace, metadata: { name: NAMESPACE } }, name),
    ),
  });
  const leftOver = rule('VirtualService', { hosts: ['orders-cql'] });

  it.each<Row>([
    [
      'warns of one for the namespace',
      withNamespace('shared'),
      ['warning Waypoint'],
    ],
    [
      'warns of one for a pod',
      { pods: seen([labelled(pod(0), 'shared')]) },
      ['warning Waypoint'],
    ],
    [
      'warns of it beside a rule',
      { ...withNamespace('shared'), trafficRules: seen([leftOver]) },
      ['warning LeftOver', 'warning Waypoint'],
    ],
    [
      'does not mind that there is to be none',
      withNamespace('none'),
      ['ok None'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshTrafficRules, healthyFacts(pki), changes)).toEqual(
      verdicts,
    );
  });

  it('says how to take it off', () => {
    const facts = { ...healthyFacts(pki), ...withNamespace('shared') };
    expect(findingsOf(meshTrafficRules, facts)[0]).toMatchObject({
      evidence: { waypoints: ['Namespace "orders": shared'] },
      remedy: {
        command: 'kubectl label namespace orders istio.io/use-waypoint-',
      },
    });
  });

  it('does not mind it with sidecars, which send past it', () => {
    const facts = { ...sidecars(), ...withNamespace('shared') };
    expect(verdictsOf(meshTrafficRules, facts, {})).toEqual(['ok None']);
  });
});

describe('mesh.traffic-rules', () => {
  const rules = (...all: KubernetesObject[]) => ({ trafficRules: seen(all) });
  const own = { 'app.kubernetes.io/managed-by': 'ringfence' };
  const disable = { trafficPolicy: { tls: { mode: 'DISABLE' } } };
  it.each<Row>([
    ['is ok without rules', {}, ['ok None']],
    [
      'does not mind rules for others',
      rules(
        rule('VirtualService', { hosts: ['reviews'] }),
        rule('DestinationRule', { host: 'api.example.com', ...disable }),
        rule('ServiceEntry', { hosts: ['db.example.com'] }),
      ),
      ['ok None'],
    ],
    [
      'warns of a VirtualService of another namespace that leads to the database',
      rules(
        elsewhere(
          rule('VirtualService', {
            hosts: ['db.example.com'],
            gateways: ['ingress'],
            tcp: [
              { route: [{ destination: { host: 'orders-cql.orders.svc' } }] },
            ],
          }),
        ),
      ),
      ['warning ReachesIn'],
    ],
    [
      'warns of a ServiceEntry of another namespace that takes its name',
      rules(
        elsewhere(
          rule('ServiceEntry', { hosts: ['orders.orders.svc.cluster.local'] }),
        ),
      ),
      ['warning ReachesIn'],
    ],
    [
      'warns of a DestinationRule by which clients of another namespace come without mTLS',
      rules(
        elsewhere(
          rule('DestinationRule', { host: 'orders-cql.orders', ...disable }),
        ),
      ),
      ['warning ReachesIn'],
    ],
    [
      'does not mind what another namespace says of its own, of everything, or of another Service here',
      rules(
        elsewhere(rule('VirtualService', { hosts: ['orders-cql'] })),
        elsewhere(rule('VirtualService', { hosts: ['*'] })),
        elsewhere(rule('VirtualService', { hosts: ['reviews.orders'] })),
      ),
      ['ok None'],
    ],
    [
      'warns of a VirtualService, by its short name',
      rules(rule('VirtualService', { hosts: ['orders-cql'] })),
      ['warning LeftOver'],
    ],
    [
      'warns of a ServiceEntry for the nodes, by a wildcard',
      rules(rule('ServiceEntry', { hosts: ['*.orders.svc.cluster.local'] })),
      ['warning LeftOver'],
    ],
    [
      'warns of a ServiceEntry that takes in the pods by their labels',
      rules(
        rule('ServiceEntry', {
          hosts: ['ring.internal'],
          workloadSelector: {
            labels: { 'app.kubernetes.io/instance': 'orders' },
          },
        }),
      ),
      ['warning LeftOver'],
    ],
    [
      'warns of a ServiceEntry that takes in the pods by their addresses',
      rules(
        rule('ServiceEntry', {
          hosts: ['ring.internal'],
          endpoints: [{ address: '10.244.0.11' }],
        }),
      ),
      ['warning LeftOver'],
    ],
    [
      'warns of a DestinationRule that leaves mTLS alone',
      rules(rule('DestinationRule', { host: 'orders.orders.svc' })),
      ['warning LeftOver'],
    ],
    [
      'does not mind a rule of its own',
      rules(rule('DestinationRule', { host: 'orders' }, own)),
      ['ok None'],
    ],
    [
      'fails for a DestinationRule that disables mTLS',
      rules(
        rule('DestinationRule', {
          host: 'orders.orders.svc.cluster.local',
          ...disable,
        }),
      ),
      ['failing DisablesMutualTls'],
    ],
    [
      'fails for one that does so for everything',
      rules(rule('DestinationRule', { host: '*.local', ...disable })),
      ['failing DisablesMutualTls'],
    ],
    [
      'fails for one that does so on a port',
      rules(
        rule('DestinationRule', {
          host: 'orders-cql',
          trafficPolicy: {
            portLevelSettings: [
              { port: { number: 9042 }, tls: { mode: 'SIMPLE' } },
            ],
          },
        }),
      ),
      ['failing DisablesMutualTls'],
    ],
    [
      'fails for one that does so in a subset, even of its own',
      rules(
        rule('DestinationRule', { host: 'orders', subsets: [disable] }, own),
      ),
      ['failing DisablesMutualTls'],
    ],
    [
      'warns of a VirtualService that leads there under another name',
      rules(
        rule('VirtualService', {
          hosts: ['db.example.com'],
          tcp: [{ route: [{ destination: { host: 'orders-cql' } }] }],
        }),
      ),
      ['warning LeftOver'],
    ],
    [
      'fails for a DestinationRule of the whole mesh that disables mTLS',
      rules(ofMesh(rule('DestinationRule', { host: '*.local', ...disable }))),
      ['failing DisablesMutualTls'],
    ],
    [
      'does not mind one of the whole mesh that leaves mTLS alone',
      rules(
        ofMesh(
          rule('DestinationRule', {
            host: '*.local',
            trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
          }),
        ),
      ),
      ['ok None'],
    ],
    [
      'does not mind a Sidecar of the whole mesh',
      rules(ofMesh(rule('Sidecar', {}))),
      ['ok None'],
    ],
    [
      'warns of a Sidecar for the pods',
      rules(rule('Sidecar', {})),
      ['warning LeftOver'],
    ],
    [
      'does not mind a Sidecar for others',
      rules(
        rule('Sidecar', { workloadSelector: { labels: { app: 'other' } } }),
      ),
      ['ok None'],
    ],
    ...[
      { port: { number: 9042 }, captureMode: 'NONE' },
      { port: { number: 9042 }, tls: { mode: 'SIMPLE' } },
      { captureMode: 'NONE' },
    ].map<Row>(listener => [
      `fails for a Sidecar that takes connections by ${JSON.stringify(
        listener,
      )}`,
      rules(rule('Sidecar', { ingress: [listener] })),
      ['failing OpensIngress'],
    ]),
    [
      'fails for such a Sidecar of the whole mesh',
      rules(
        ofMesh(
          rule('Sidecar', {
            ingress: [{ port: { number: 9042 }, captureMode: 'NONE' }],
          }),
        ),
      ),
      ['failing OpensIngress'],
    ],
    [
      'is unknown without rights',
      { trafficRules: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshTrafficRules, sidecars(), changes)).toEqual(verdicts);
  });

  it('says how to delete it', () => {
    const [{ summary, remedy }] = findingsOf(
      meshTrafficRules,
      sidecarFacts(pki, rules(rule('ServiceEntry', { hosts: ['orders'] }))),
    );
    expect(summary).toBe(
      'ServiceEntry "orders/old" bends the traffic to the database',
    );
    expect(remedy?.command).toBe(
      'kubectl delete serviceentries.networking.istio.io old -n orders',
    );
  });
});

describe('mesh.listen-address', () => {
  const env = (name: string, value: string) => [
    { name: 'cassandra', env: [{ name, value }] },
  ];
  const args = (...words: string[]) => [{ name: 'cassandra', args: words }];
  const set = (containers: unknown[]) => ({
    statefulSet: seen(statefulSet(containers)),
  });
  const istio = (version: string | undefined) => ({
    platform: seen(
      healthyPlatform({ istio: { ...healthyPlatform().istio!, version } }),
    ),
  });
  const local = set(env('CASSANDRA_LISTEN_ADDRESS', '127.0.0.1'));
  it.each<Row>([
    ["is ok on the pod's address", {}, ['ok Reachable']],
    [
      'does not mind what is told to other nodes',
      set(env('CASSANDRA_BROADCAST_ADDRESS', '127.0.0.1')),
      ['ok Reachable'],
    ],
    ['fails for localhost in the environment', local, ['failing Localhost']],
    [
      'fails for localhost in an argument',
      set(args('--rpc-address=localhost')),
      ['failing Localhost'],
    ],
    [
      'fails for localhost in two words',
      set(args('--listen-address', '127.0.0.1')),
      ['failing Localhost'],
    ],
    [
      'fails for localhost in a system property',
      set(args('-Dcassandra.listen_address=127.0.0.1')),
      ['failing Localhost'],
    ],
    [
      'is ok with localhost before Istio 1.10',
      { ...local, ...istio('1.9.8') },
      ['ok Reachable'],
    ],
    [
      'is unknown with localhost and an Istio of unknown version',
      { ...local, ...istio(undefined) },
      ['unknown VersionNotKnown'],
    ],
    [
      'is unknown with localhost and a platform that was not looked at',
      { ...local, platform: FORBIDDEN },
      ['unknown VersionNotKnown'],
    ],
    [
      'is unknown without a StatefulSet',
      { statefulSet: seen(undefined) },
      ['unknown NoStatefulSet'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshListenAddress, sidecars(), changes)).toEqual(
      verdicts,
    );
  });
  it('says nothing in the ambient mesh', () => {
    expect(verdictsOf(meshListenAddress, healthyFacts(pki, local))).toEqual([]);
  });
});

describe('ring.names', () => {
  const lookup = (...addresses: string[]) => ({
    nameLookup: seen({
      name: 'orders.orders.svc.cluster.local',
      pod: 'orders-0',
      addresses,
    }),
  });
  it.each<Row>([
    ['is ok where the name stands for every pod', {}, ['ok Resolves']],
    [
      'fails where it resolves to nothing',
      lookup(),
      ['failing DoesNotResolve'],
    ],
    [
      'warns where a ready pod is left out',
      lookup('10.244.0.10', '10.244.0.11'),
      ['warning Incomplete'],
    ],
    [
      'does not mind a pod that is not ready',
      {
        ...lookup('10.244.0.10'),
        pods: seen([pod(0), pod(1, {}, false)]),
      },
      ['ok Resolves'],
    ],
    [
      'is unknown where nobody could ask',
      { nameLookup: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(ringNames, healthyFacts(pki), changes)).toEqual(verdicts);
  });
});
