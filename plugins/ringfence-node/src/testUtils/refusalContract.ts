/* eslint-disable jest/no-export -- a suite that the adapters' own tests run */
import type { Manifest } from '../kubernetes';
import type { ContractContext } from './kubernetesClusterContract';
import { configMap, service } from './manifests';

type Make = (namespace: string) => Manifest;
type Row = [string, ...Make[]];

const of =
  (apiVersion: string, kind: string) =>
  (content: object): Make =>
  namespace => ({
    apiVersion,
    kind,
    metadata: { name: 'a', namespace },
    ...content,
  });

const secret = of('v1', 'Secret');
const gatewayOf = of('gateway.networking.k8s.io/v1', 'Gateway');
const routeOf = of('gateway.networking.k8s.io/v1', 'TCPRoute');
const certificateOf = of('cert-manager.io/v1', 'Certificate');
const budgetOf = of('policy/v1', 'PodDisruptionBudget');
const policyOf = of('networking.k8s.io/v1', 'NetworkPolicy');

const ports =
  (...list: object[]): Make =>
  namespace => ({
    ...service(namespace, 'a'),
    spec: { ports: list },
  });

const listeners = (...list: object[]): Make =>
  gatewayOf({ spec: { gatewayClassName: 'istio', listeners: list } });

const roleBinding = (name: string): Make =>
  of(
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
  )({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
  });

/** A StatefulSet with changes to its spec, its pod's spec and its container. */
function statefulSet(
  change: { spec?: object; pod?: object; container?: object } = {},
): Make {
  const container = { name: 'main', image: 'example.com/main:1' };
  const containers = [{ ...container, ...change.container }];
  return of(
    'apps/v1',
    'StatefulSet',
  )({
    spec: {
      serviceName: 'a',
      selector: { matchLabels: { app: 'a' } },
      template: {
        metadata: { labels: { app: 'a' } },
        spec: { containers, ...change.pod },
      },
      ...change.spec,
    },
  });
}

const claims = (storage: string) => ({
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage } },
      },
    },
  ],
});

const tcp = { protocol: 'TCP' };

/** Each applied in turn; the last is refused. */
const ROWS: Row[] = [
  [
    'a key that no file could have',
    ns => configMap(ns, 'a', { 'two words': '1' }),
  ],
  ['a Secret whose data is not base64', secret({ data: { a: '!' } })],
  ['a TLS Secret without a key', secret({ type: 'kubernetes.io/tls' })],
  [
    'another type of a Secret',
    secret({ type: 'example.com/a' }),
    secret({ type: 'example.com/b' }),
  ],
  ['another role of a binding', roleBinding('a'), roleBinding('b')],
  ['a Service without ports', ports()],
  ['a port that does not exist', ports({ port: 70_000 })],
  ['two ports without names', ports({ port: 1 }, { port: 2 })],
  [
    'two ports of one name',
    ports({ name: 'a', port: 1 }, { name: 'a', port: 2 }),
  ],
  ['one port twice', ports({ name: 'a', port: 1 }, { name: 'b', port: 1 })],
  [
    'a StatefulSet that does not select its pods',
    statefulSet({ spec: { selector: { matchLabels: { app: 'b' } } } }),
  ],
  ['a pod without containers', statefulSet({ pod: { containers: [] } })],
  [
    'a mount without its volume',
    statefulSet({
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    }),
  ],
  [
    'a variable that is there twice',
    statefulSet({
      container: {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
    }),
  ],
  [
    'another size of volumes',
    statefulSet({ spec: claims('1Gi') }),
    statefulSet({ spec: claims('2Gi') }),
  ],
  [
    'a budget with both limits',
    budgetOf({ spec: { selector: {}, minAvailable: 1, maxUnavailable: 1 } }),
  ],
  [
    'a policy for neither direction',
    policyOf({ spec: { podSelector: {}, policyTypes: ['Sideways'] } }),
  ],
  [
    'an address that is no network',
    policyOf({
      spec: {
        podSelector: {},
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0' } }] }],
      },
    }),
  ],
  [
    'a Gateway without listeners',
    gatewayOf({ spec: { gatewayClassName: 'istio' } }),
  ],
  [
    'two listeners of one name',
    listeners({ ...tcp, name: 'a', port: 1 }, { ...tcp, name: 'a', port: 2 }),
  ],
  [
    'two listeners on one port',
    listeners({ ...tcp, name: 'a', port: 1 }, { ...tcp, name: 'b', port: 1 }),
  ],
  [
    'a plaintext listener with a certificate',
    listeners({
      ...tcp,
      name: 'a',
      port: 1,
      tls: { certificateRefs: [{ name: 'a' }] },
    }),
  ],
  ['a route without rules', routeOf({ spec: { parentRefs: [{ name: 'a' }] } })],
  [
    'a route to a Service without a port',
    routeOf({ spec: { rules: [{ backendRefs: [{ name: 'a' }] }] } }),
  ],
  [
    'a Certificate without an issuer',
    certificateOf({ spec: { secretName: 'a', dnsNames: ['a.example.com'] } }),
  ],
  [
    'a Certificate without a Secret',
    certificateOf({
      spec: { issuerRef: { name: 'a' }, dnsNames: ['a.example.com'] },
    }),
  ],
  [
    'mutual TLS sometimes',
    of(
      'security.istio.io/v1',
      'PeerAuthentication',
    )({ spec: { mtls: { mode: 'SOMETIMES' } } }),
  ],
  [
    'an authorization that may be',
    of(
      'security.istio.io/v1',
      'AuthorizationPolicy',
    )({ spec: { action: 'MAYBE' } }),
  ],
  [
    'a Lease that ends at once',
    of(
      'coordination.k8s.io/v1',
      'Lease',
    )({ spec: { leaseDurationSeconds: 0 } }),
  ],
];

/** What the suite expects to be refused for the rules of its kind. */
export function describeRefusals(context: () => ContractContext): void {
  describe('apply refuses', () => {
    it.each(ROWS)('%s', async (_name, ...steps) => {
      const { kubernetes, namespace } = context();
      const manifests = steps.map(make => make(namespace));
      const last = manifests.pop()!;
      for (const manifest of manifests) await kubernetes.apply(manifest);
      await expect(kubernetes.apply(last)).rejects.toMatchObject({
        name: 'InputError',
      });
    });
  });
}
