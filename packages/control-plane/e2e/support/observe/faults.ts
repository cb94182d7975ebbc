import type { Cluster } from '../../../src';
import type { ObservedDatabase } from './ObservedDatabase';

/** Something that goes wrong, and what the report must say of it. */
export interface Fault {
  readonly what: string;
  readonly check: string;
  readonly reason: string;
  /** No watch tells of it: the probes are run again by their button. */
  readonly byProbe?: true;
  make(database: ObservedDatabase, cluster: Cluster): Promise<void>;
  /** What is left to do for whoever followed a remedy that says where to look; it may run beside it. */
  meanwhile?(database: ObservedDatabase, cluster: Cluster): Promise<void>;
}

const OVERDUE_MS = 10 * 60_000;
const NAMESPACE = ['-n', 'orders'];
const ZTUNNELS = ['-n', 'istio-system', '-l', 'app=ztunnel'];

const patch = (kind: string, name: string, change: object) => [
  ...['patch', kind, name, ...NAMESPACE],
  ...['--type=merge', '-p', JSON.stringify(change)],
];

/** A way past the gateway, as somebody makes it who needs access quickly. */
export const SIDE_DOOR = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'side-door', namespace: 'orders' },
  spec: {
    type: 'LoadBalancer',
    selector: { 'app.kubernetes.io/instance': 'orders' },
    ports: [{ name: 'tcp-cql', port: 9042 }],
  },
};

const FENCE: readonly Fault[] = [
  {
    what: 'a namespace that was taken out of the mesh',
    check: 'mesh.membership',
    reason: 'NamespaceNotInMesh',
    async make(_database, { kubectl }) {
      await kubectl([
        'label',
        'namespace',
        'orders',
        'istio.io/dataplane-mode-',
      ]);
    },
  },
  {
    what: 'a PeerAuthentication that was made permissive',
    check: 'mesh.strict',
    reason: 'NotStrict',
    async make(_database, { kubectl }) {
      const change = { spec: { mtls: { mode: 'PERMISSIVE' } } };
      await kubectl(patch('peerauthentication', 'orders', change));
    },
  },
  {
    what: 'AuthorizationPolicies that were deleted',
    check: 'mesh.authorization',
    reason: 'Open',
    async make(_database, { kubectl }) {
      await kubectl(['delete', 'authorizationpolicies', '--all', ...NAMESPACE]);
    },
  },
  {
    what: 'a Service that leads past the gateway',
    check: 'gateway.other-ways',
    reason: 'ServiceExposed',
    async make(_database, { kubectl }) {
      await kubectl(['apply', '-f', '-'], JSON.stringify(SIDE_DOOR));
    },
  },
  {
    what: 'a route that is accepted and leads nowhere',
    check: 'gateway.route',
    reason: 'RefsNotResolved',
    async make(_database, { kubectl }) {
      const backendRefs = [{ name: 'nowhere', port: 9042 }];
      const change = { spec: { rules: [{ backendRefs }] } };
      await kubectl(patch('tcproute', 'orders-cql', change));
    },
    async meanwhile(database) {
      await database.press('repair');
    },
  },
];

const PLACES: readonly Fault[] = [
  {
    what: 'a ztunnel that is not ready',
    check: 'mesh.ztunnel',
    reason: 'NotReady',
    async make(_database, { kubectl }) {
      const [pod] = (await kubectl(['get', 'pods', ...ZTUNNELS, '-o', 'name']))
        .trim()
        .split('\n');
      const status = {
        conditions: [{ type: 'Ready', status: 'False' }],
      };
      await kubectl([
        ...['patch', pod, '-n', 'istio-system', '--subresource=status'],
        ...['--type=strategic', '-p', JSON.stringify({ status })],
      ]);
    },
    async meanwhile(_database, { kubectl }) {
      await kubectl(['delete', 'pods', ...ZTUNNELS]);
    },
  },
  {
    what: 'a node of the ring that is dead',
    check: 'ring.pods',
    reason: 'NotReady',
    async make(_database, cluster) {
      await cluster.killNode('orders/orders-1');
    },
    async meanwhile(_database, cluster) {
      await cluster.startNode('orders/orders-1');
    },
  },
  {
    what: 'a field that somebody else edited',
    check: 'ring.drift',
    reason: 'Changed',
    byProbe: true,
    async make(_database, { kubectl }) {
      await kubectl([
        ...patch('poddisruptionbudget', 'orders', {
          spec: { maxUnavailable: 2 },
        }),
        '--field-manager=kubectl-edit',
      ]);
    },
  },
];

const CERTIFICATES: readonly Fault[] = [
  {
    what: 'a CA that was replaced under its certificate',
    check: 'certificate.chain',
    reason: 'CarriesOldCa',
    async make(database) {
      await database.press('renew', { certificate: 'orders-ca' });
    },
  },
  {
    what: 'a renewal that is overdue since cert-manager does not run',
    check: 'certificate.valid',
    reason: 'RenewalOverdue',
    async make(_database, cluster) {
      await cluster.stopCertManager();
      const at = new Date(Date.now() - OVERDUE_MS).toISOString();
      const renewalTime = `${at.slice(0, 19)}Z`;
      await cluster.kubectl([
        ...patch('certificate', 'orders-tls', { status: { renewalTime } }),
        '--subresource=status',
      ]);
    },
    async meanwhile(_database, cluster) {
      cluster.startCertManager();
    },
  },
];

/** The most important ones. */
export const FAULTS: readonly Fault[] = [...FENCE, ...PLACES, ...CERTIFICATES];
