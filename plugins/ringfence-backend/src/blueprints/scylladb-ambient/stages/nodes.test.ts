import { scylladbAmbient } from '..';
import { completePlatform, servedApis } from '../../__fixtures__/platform';
import { exampleSpec } from '../__fixtures__/spec';
import {
  manifestOf,
  manifestsOf,
  observed,
  stageOf,
} from '../__fixtures__/stages';

const GROUP = 'gateway.networking.k8s.io';
const perNode = {
  replicas: 2,
  access: { routing: 'per-node', hostname: 'orders.example.com' },
};
const nodeNames = [
  'orders-0.orders.example.com',
  'orders-1.orders.example.com',
];
const shared = { ...perNode, access: { ...perNode.access, routing: 'shared' } };

describe('routing per node', () => {
  it('listens for each node by its name, and for all others as before', () => {
    const { listeners } = manifestOf('Gateway', perNode).spec;
    expect(
      listeners.map((it: any) => [
        it.name,
        it.port,
        it.hostname,
        it.allowedRoutes.kinds[0].kind,
      ]),
    ).toEqual([
      ['cql-tls', 9041, undefined, 'TCPRoute'],
      ['cql-tls-native', 9042, undefined, 'TCPRoute'],
      ['cql-tls-node-0', 9041, nodeNames[0], 'TLSRoute'],
      ['cql-tls-node-1', 9041, nodeNames[1], 'TLSRoute'],
    ]);
    expect(listeners[2].tls).toEqual(listeners[0].tls);
  });

  it('keeps the route for all off the listeners of single nodes', () => {
    const { parentRefs } = manifestOf('TCPRoute', perNode).spec;
    expect(parentRefs.map((it: any) => it.sectionName)).toEqual([
      'cql-tls',
      'cql-tls-native',
    ]);
  });

  it.each([[0], [1]])('leads from the name of node %p to its pod', ordinal => {
    const name = `orders-cql-${ordinal}`;
    expect(manifestOf('TLSRoute', perNode, name).spec).toEqual({
      parentRefs: [
        {
          group: GROUP,
          kind: 'Gateway',
          name: 'orders-gateway',
          sectionName: `cql-tls-node-${ordinal}`,
        },
      ],
      hostnames: [nodeNames[ordinal]],
      rules: [
        {
          backendRefs: [
            { group: '', kind: 'Service', name, port: 9042, weight: 1 },
          ],
        },
      ],
    });
    expect(manifestOf('Service', perNode, name).spec).toMatchObject({
      selector: {
        'app.kubernetes.io/component': 'database',
        'statefulset.kubernetes.io/pod-name': `orders-${ordinal}`,
      },
      ports: [{ name: 'tcp-cql', port: 9042 }],
    });
  });

  it('takes TCPRoutes where Istio reads no TLSRoute', () => {
    const platform = {
      ...completePlatform,
      apis: servedApis([`${GROUP}/v1 TCPRoute`]),
    };
    const routes = stageOf('route', perNode, platform).manifests(observed);
    expect(routes.map(({ kind }) => kind)).toEqual([
      'TCPRoute',
      'TCPRoute',
      'TCPRoute',
    ]);
  });

  it('puts the names of the nodes into the certificate', () => {
    const { dnsNames } = manifestOf('Certificate', perNode, 'orders-tls').spec;
    expect(dnsNames).toEqual(
      expect.arrayContaining(['orders.example.com', ...nodeNames]),
    );
  });

  it('tells external-dns every name', () => {
    const annotation = 'external-dns.alpha.kubernetes.io/hostname';
    const { infrastructure } = manifestOf('Gateway', perNode).spec;
    expect(infrastructure.annotations[annotation]).toBe(
      ['orders.example.com', ...nodeNames].join(','),
    );
    const node = manifestOf('TLSRoute', perNode, 'orders-cql-1');
    expect(node.metadata.annotations![annotation]).toBe(nodeNames[1]);
  });

  it('waits for each route, and for each listener', () => {
    const waits = stageOf('route', perNode).waits.map(({ name }) => name);
    expect(waits).toHaveLength(4);
    expect(waits.join()).toContain('orders-cql-1');
  });

  it('says to clients and to checks which nodes there are', () => {
    const spec = exampleSpec(perNode);
    expect(scylladbAmbient.access(spec).nodes).toEqual([
      { name: 'orders-0', serverName: nodeNames[0] },
      { name: 'orders-1', serverName: nodeNames[1] },
    ]);
    const routes = scylladbAmbient.observation(spec).routes;
    expect([...new Set(routes.map(({ name }) => name))]).toEqual([
      'orders-cql',
      'orders-cql-0',
      'orders-cql-1',
    ]);
  });

  it('says that DNS must lead the names to the gateway', () => {
    const requirement = scylladbAmbient
      .requirements(exampleSpec(perNode), completePlatform)
      .find(({ field }) => field === 'access.routing');
    expect(requirement?.message).toContain('*.orders.example.com');
  });

  it('makes nothing for single nodes where the gateway picks', () => {
    expect(
      manifestsOf(shared).map(({ metadata }) => metadata.name),
    ).not.toContain('orders-cql-0');
    expect(manifestOf('Gateway', shared).spec.listeners).toHaveLength(2);
    expect(scylladbAmbient.access(exampleSpec(shared)).nodes).toBeUndefined();
    expect(
      manifestOf('TCPRoute', shared).spec.parentRefs[0],
    ).not.toHaveProperty('sectionName');
  });
});
