import {
  CertificateSummary,
  Finding,
  FindingStatus,
  Report,
  worstStatus,
} from '@ringfence/backstage-plugin-ringfence-common';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Reports as the backend gives them, around a moment that is "now". */
export function createReports(now: Date) {
  const at = (offsetMs: number) =>
    new Date(now.getTime() + offsetMs).toISOString();
  const observedAt = at(-2 * MINUTE_MS);

  const finding = (
    check: string,
    title: string,
    summary: string,
    evidence: Finding['evidence'],
    over: Partial<Finding> = {},
  ): Finding => ({
    check,
    title,
    category: check.split('.')[0] as Finding['category'],
    status: 'ok',
    reason: 'Holds',
    summary,
    evidence,
    observedAt,
    ...over,
  });

  const holding: Finding[] = [
    finding(
      'certificate.valid',
      'Certificate valid',
      'Certificate "orders/orders-tls" expires in 61 days',
      { notAfter: at(61 * DAY_MS), serial: '4F:A2:9C:01' },
    ),
    finding(
      'certificate.served',
      'Served certificate',
      'The gateway serves the certificate of Secret "orders/orders-tls", for "orders.example.com"',
      {
        tlsVersion: 'TLSv1.3',
        sha256: 'B1:0F:35:7D',
        names: ['orders.example.com', '127.0.7.1'],
      },
    ),
    finding(
      'mesh.enrolled',
      'Pods in the mesh',
      'Namespace "orders" is ambient and all 3 pods are redirected',
      { dataplaneMode: 'ambient', pods: 3 },
    ),
    finding(
      'mesh.strict',
      'STRICT mTLS',
      'PeerAuthentication "orders/orders" requires mTLS',
      { mode: 'STRICT' },
    ),
    finding(
      'mesh.telemetry',
      'Traffic encrypted',
      'ztunnel counted 1,204 connections under mutual TLS and none in plaintext',
      { mutualTls: 1204, plaintext: 0 },
    ),
    finding(
      'gateway.programmed',
      'Gateway programmed',
      'Gateway "orders/orders-gateway" is programmed at 127.0.7.1',
      { programmed: true, listeners: ['cql-tls:9041', 'cql-tls-native:9042'] },
    ),
    finding(
      'gateway.route',
      'Route accepted',
      'TCPRoute "orders/orders-cql" is accepted and its references resolve',
      { accepted: true, resolvedRefs: true },
    ),
    finding('ring.nodes', 'Ring complete', 'All 3 nodes are UN', {
      nodes: ['orders-0 UN', 'orders-1 UN', 'orders-2 UN'],
    }),
    finding(
      'access.login',
      'Login',
      'The application role logs in; anonymous and default logins are refused',
      { role: 'orders_app', anonymousRefused: true },
    ),
  ];

  const certificates: CertificateSummary[] = [
    {
      name: 'orders-tls',
      purpose: 'service',
      notBefore: at(-29 * DAY_MS),
      // An hour more, so that it is still 61 days when a slow test looks.
      notAfter: at(61 * DAY_MS + HOUR_MS),
      renewalTime: at(31 * DAY_MS + HOUR_MS),
    },
    {
      name: 'orders-ca',
      purpose: 'ca',
      notBefore: at(-29 * DAY_MS),
      notAfter: at(3621 * DAY_MS),
      renewalTime: at(2400 * DAY_MS),
    },
  ];

  const report = (
    changes: Record<string, Partial<Finding>>,
    over: Partial<Report> = {},
  ): Report => {
    const findings = holding.map(one => ({ ...one, ...changes[one.check] }));
    const status = worstStatus(findings.map(one => one.status));
    const worst = findings.find(one => one.status === status)!;
    return {
      kubernetesCluster: 'sandbox',
      namespace: 'orders',
      name: 'orders',
      blueprint: 'scylladb-ambient',
      status,
      headline: status === 'ok' ? 'Fenced' : worst.summary,
      findings,
      certificates,
      nodes: ['orders-0', 'orders-1', 'orders-2'].map((name, index) => ({
        name,
        address: `127.0.8.${index + 1}`,
        status: 'ok' as FindingStatus,
        summary: 'UN',
      })),
      observedAt,
      ...over,
    };
  };

  const healthy = report({});
  return {
    healthy,
    simulated: {
      ...healthy,
      simulated:
        'Kubernetes, Istio and cert-manager are imitated in memory; certificates and TLS are real.',
    },
    expiring: report(
      {
        'certificate.valid': {
          status: 'warning',
          reason: 'RenewalOverdue',
          summary:
            'Certificate "orders/orders-tls" expires in 3 days and its renewal is 2 days overdue',
          evidence: { notAfter: at(3.5 * DAY_MS), issuer: 'orders-ca' },
          remedy: {
            text: 'See why cert-manager does not renew it.',
            command: 'kubectl describe certificate orders-tls -n orders',
          },
        },
      },
      {
        certificates: [
          {
            ...certificates[0],
            notBefore: at(-86.5 * DAY_MS),
            notAfter: at(3.5 * DAY_MS),
            renewalTime: at(-2.2 * DAY_MS),
          },
          certificates[1],
        ],
      },
    ),
    failing: report(
      {
        'mesh.strict': {
          status: 'failing',
          reason: 'Permissive',
          summary:
            'Plaintext is let in: PeerAuthentication "istio-system/default" is PERMISSIVE and none in "orders" overrides it',
          evidence: { mode: 'PERMISSIVE' },
          remedy: {
            text: 'Apply the STRICT PeerAuthentication again.',
            command:
              'kubectl apply --server-side -n orders -f peer-authentication.yaml --field-manager=ringfence',
          },
        },
        'ring.nodes': {
          status: 'failing',
          reason: 'NodeDown',
          summary: 'Node orders-2 is DN; 2 of 3 nodes are UN',
          evidence: { nodes: ['orders-0 UN', 'orders-1 UN', 'orders-2 DN'] },
          remedy: {
            text: 'Look at the pod and its events.',
            command: 'kubectl describe pod orders-2 -n orders',
          },
        },
        'certificate.valid': {
          status: 'warning',
          summary: 'Certificate "orders/orders-tls" renews in 4 hours',
        },
        'mesh.telemetry': {
          status: 'unknown',
          reason: 'NoRights',
          summary: 'Telemetry of ztunnel is not readable in "istio-system"',
          evidence: {},
          remedy: {
            text: 'Grant create on pods/portforward in "istio-system".',
            command: 'kubectl apply -f deploy/rbac/istio-system.yaml',
          },
        },
      },
      {
        nodes: [
          ...healthy.nodes.slice(0, 2),
          {
            name: 'orders-2',
            address: '127.0.8.3',
            status: 'failing',
            summary: 'DN for 4 minutes',
          },
        ],
      },
    ),
    unknown: report(
      Object.fromEntries(
        holding.map(({ check }) => [
          check,
          {
            status: 'unknown' as const,
            reason: 'Unreachable',
            summary: 'Kubernetes cluster "sandbox" did not answer in 5 s',
            evidence: {},
            remedy: {
              text: 'See whether the portal reaches its API server.',
            },
          },
        ]),
      ),
      { certificates: [{ name: 'orders-tls', purpose: 'service' }], nodes: [] },
    ),
  };
}
