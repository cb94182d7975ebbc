import type {
  DatabaseDetails,
  ManifestDrift,
  ProvisioningEvent,
  TrafficPoint,
} from '@ringfence/backstage-plugin-ringfence-common';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const FINGERPRINT = Array.from({ length: 32 }, (_, index) =>
  ((index * 53 + 7) % 256).toString(16).padStart(2, '0').toUpperCase(),
).join(':');

/** What the tab shows of `orders`, where one client speaks in plaintext. */
export function createDetails(now = new Date()): DatabaseDetails {
  const at = (offsetMs: number) =>
    new Date(now.getTime() + offsetMs).toISOString();
  return {
    certificates: [
      {
        name: 'orders-ca',
        purpose: 'ca',
        subject: 'CN=orders CA',
        issuer: 'CN=orders CA',
        issuedBy: 'orders-ca',
        names: [],
        key: 'ECDSA P-256',
        sha256: FINGERPRINT,
        notBefore: at(-29 * DAY_MS),
        notAfter: at(3621 * DAY_MS),
        renewalTime: at(2400 * DAY_MS),
      },
      {
        name: 'orders-tls',
        purpose: 'service',
        subject: 'CN=orders.example.com',
        issuer: 'CN=orders CA',
        issuedBy: 'orders-ca',
        names: ['orders.example.com', '127.0.7.1'],
        key: 'ECDSA P-256',
        sha256: FINGERPRINT,
        notBefore: at(-29 * DAY_MS),
        notAfter: at(61 * DAY_MS + HOUR_MS),
        renewalTime: at(31 * DAY_MS + HOUR_MS),
      },
      {
        name: 'orders-app',
        purpose: 'client',
        names: [],
        problem: 'Secret "orders/orders-app" holds no certificate yet',
      },
    ],
    peers: [
      {
        workload: 'orders-gateway-istio',
        namespace: 'orders',
        principal: 'spiffe://cluster.local/ns/orders/sa/orders-gateway-istio',
        encrypted: true,
        connections: 1204,
        receivedBytes: 48_318_382,
        refused: false,
      },
      {
        workload: 'api',
        namespace: 'billing',
        principal: 'unknown',
        encrypted: false,
        connections: 7,
        receivedBytes: 2_144,
        refused: false,
      },
      {
        workload: 'report',
        namespace: 'finance',
        principal: 'spiffe://cluster.local/ns/finance/sa/report',
        encrypted: true,
        connections: 3,
        receivedBytes: 0,
        refused: true,
      },
    ],
    nodes: ['orders-0', 'orders-1', 'orders-2'].map((name, index) => ({
      name,
      address: `10.42.0.${index + 11}`,
      status: index === 2 ? ('failing' as const) : ('ok' as const),
      ready: index !== 2,
      restarts: index === 2 ? 4 : 0,
      ring: index === 2 ? 'DN' : 'UN',
      datacenter: 'datacenter1',
      rack: `rack${index + 1}`,
      load: '1.21 MiB',
      hostedOn: `worker-${index + 1}`,
      startedAt: at(-3 * DAY_MS),
    })),
    warnings: [
      {
        at: at(-4 * 60_000),
        reason: 'BackOff',
        object: 'Pod orders-2',
        message: 'Back-off restarting failed container scylla',
        count: 12,
      },
    ],
    unknown: [
      {
        what: 'CertificateRequests',
        why: 'Grant list on certificaterequests.cert-manager.io in "orders".',
      },
    ],
  };
}

/** Traffic of the last day, a point every half hour; some of it in plaintext. */
export function createTraffic(now = new Date()): TrafficPoint[] {
  return Array.from({ length: 48 }, (_, index) => ({
    at: new Date(now.getTime() - (47 - index) * 30 * 60_000).toISOString(),
    mutualTlsBytes:
      index === 20 ? 0 : 4_000_000 + 900_000 * Math.round(Math.sin(index) * 3),
    plaintextBytes: index > 30 && index < 36 ? 900_000 : 0,
  }));
}

/** Two objects as they should be, one changed by hand and one gone. */
export const drift: ManifestDrift[] = [
  {
    object: 'Certificate orders/orders-tls',
    yaml: 'apiVersion: cert-manager.io/v1\nkind: Certificate\n',
    drift: [],
  },
  {
    object: 'PeerAuthentication orders/orders',
    yaml: 'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nspec:\n  mtls:\n    mode: STRICT\n',
    drift: [
      {
        field: 'spec.mtls.mode',
        wanted: 'STRICT',
        found: 'PERMISSIVE',
        manager: 'kubectl-edit',
      },
    ],
  },
  {
    object: 'Service orders/orders-cql',
    yaml: 'apiVersion: v1\nkind: Service\n',
    drift: [{}],
  },
  {
    object: 'StatefulSet orders/orders',
    yaml: 'apiVersion: apps/v1\nkind: StatefulSet\n',
    drift: [],
  },
];

/** A run that ends well, as the backend streams it. */
export function renewEvents(now = new Date()): ProvisioningEvent[] {
  const at = now.toISOString();
  return [
    { at, type: 'stage', stage: 'Renew the certificate', index: 1, count: 2 },
    {
      at,
      type: 'object',
      object: 'Certificate orders/orders-tls',
      change: 'configured',
    },
    { at, type: 'heartbeat' },
    { at, type: 'stage', stage: 'See it served', index: 2, count: 2 },
    {
      at,
      type: 'waiting',
      wait: 'The gateway serves the new certificate',
      why: 'it still serves serial 4F:A2:9C:01',
      elapsedMs: 4_000,
    },
    {
      at,
      type: 'done',
      outcome: {
        database: 'sandbox/orders',
        entityRef: 'resource:default/sandbox.orders',
        changed: true,
        gatewayAddresses: ['127.0.7.1'],
        gatewayPorts: [9041],
        summary:
          'Certificate "orders/orders-tls" is renewed and served; it expires in 90 days.',
      },
    },
  ];
}
