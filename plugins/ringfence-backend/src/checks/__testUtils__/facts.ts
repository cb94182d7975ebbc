import type {
  CertificateFacts,
  Fact,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { NAMESPACE, peerAuthentication, pod, ztunnel } from './objects';

/** The moment at which all checks are asked in tests. */
export const NOW = new Date('2026-06-01T12:00:00Z');

const DAY_MS = 24 * 60 * 60_000;

/** A moment some days from {@link NOW}. */
export function days(count: number): Date {
  return new Date(NOW.getTime() + count * DAY_MS);
}

/** Something that was seen at {@link NOW}. */
export function seen<T>(value: T): Fact<T> {
  return { known: true, value, at: NOW };
}

/** Something that could not be looked at. */
export const FORBIDDEN = {
  known: false,
  why: 'get is forbidden',
  remedy: 'Grant it.',
  at: NOW,
} as const;

/** The name that clients of the database of tests verify. */
export const SERVER_NAME = 'orders.example.com';

/** A CA and certificates under it, minted once for a test file. */
export interface Pki {
  readonly ca: MintedCa;
  /** Valid for 90 days, 61 of them left. */
  readonly leafPem: string;
  /** Signs a certificate for the access name with other dates or names. */
  issue(request?: {
    notBefore?: Date;
    notAfter?: Date;
    dnsNames?: string[];
    ipAddresses?: string[];
  }): Promise<string>;
}

/** Mints a CA that is valid for years around {@link NOW}. */
export async function mintPki(): Promise<Pki> {
  const ca = await mintCa({
    name: 'orders CA',
    notBefore: days(-30),
    notAfter: days(3650),
  });
  const issue: Pki['issue'] = async (request = {}) => {
    const { certPem } = await ca.issue({
      commonName: SERVER_NAME,
      dnsNames: [SERVER_NAME],
      ipAddresses: ['203.0.113.11'],
      notBefore: days(-29),
      notAfter: days(61),
      ...request,
    });
    return certPem;
  };
  return { ca, issue, leafPem: await issue() };
}

/** A Certificate of cert-manager that is Ready. */
export function certificateObject(
  name: string,
  status: Record<string, unknown> = {},
): KubernetesObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, namespace: NAMESPACE },
    spec: { dnsNames: [SERVER_NAME], ipAddresses: ['203.0.113.11'] },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Ready',
          message: 'Certificate is up to date and has not expired',
        },
      ],
      renewalTime: days(31).toISOString(),
      ...status,
    },
  };
}

/** The facts about one certificate, in order unless said otherwise. */
export function certificateFacts(
  pki: Pki,
  changes: Partial<CertificateFacts> = {},
): CertificateFacts {
  return {
    name: 'orders',
    purpose: 'service',
    certificate: seen(certificateObject('orders')),
    secret: seen({ certificatePem: pki.leafPem, caPem: pki.ca.certPem }),
    ...changes,
  };
}

/** The facts about the CA's certificate. */
export function caFacts(pki: Pki): CertificateFacts {
  return {
    name: 'orders-ca',
    purpose: 'ca',
    certificate: seen(
      certificateObject('orders-ca', { renewalTime: undefined }),
    ),
    secret: seen({ certificatePem: pki.ca.certPem, caPem: pki.ca.certPem }),
  };
}

const CONTROLLER_SAYS_YES = [
  { type: 'Accepted', status: 'True', reason: 'Accepted' },
  { type: 'Programmed', status: 'True', reason: 'Programmed' },
  { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs' },
];

/** Facts about a database whose fence holds; `changes` break it. */
export function healthyFacts(pki: Pki, changes: Partial<Facts> = {}): Facts {
  const gatewayRef = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    name: 'orders-gateway',
    namespace: NAMESPACE,
  };
  const routeRef = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'TCPRoute',
    name: 'orders-cql',
    namespace: NAMESPACE,
  };
  const addresses = [{ type: 'IPAddress' as const, value: '203.0.113.11' }];
  return {
    database: { kubernetesCluster: 'eu-1', namespace: NAMESPACE },
    spec: {
      apiVersion: 'ringfence.dev/v1',
      blueprint: 'scylladb-ambient',
      name: 'orders',
      kubernetesCluster: 'eu-1',
      namespace: NAMESPACE,
      owner: 'group:default/payments',
    },
    access: {
      protocol: 'cql',
      exposure: 'tls',
      gateway: gatewayRef,
      tlsPorts: [9041, 9042],
      plaintextPorts: [],
      serverName: SERVER_NAME,
      hostname: SERVER_NAME,
      inClusterHost: 'orders-gateway-istio.orders.svc.cluster.local',
      caSecret: 'orders-tls',
      certificate: 'orders',
      applicationRoleSecret: 'orders-app',
      datacenter: 'datacenter1',
    },
    observation: {
      podLabels: { 'app.kubernetes.io/instance': 'orders' },
      container: 'scylla',
      statefulSet: 'orders',
      replicas: 3,
      certificates: [],
      gateway: gatewayRef,
      routes: [routeRef],
      meshMode: 'ambient',
      clientPort: 9042,
      ringCommand: ['nodetool', 'status'],
      publicLogins: [{ username: 'cassandra', password: 'cassandra' }],
    },
    gatheredAt: NOW,
    namespace: seen({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: NAMESPACE,
        labels: { 'istio.io/dataplane-mode': 'ambient' },
      },
    }),
    statefulSet: seen({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'orders', namespace: NAMESPACE },
      spec: { replicas: 3 },
      status: { readyReplicas: 3 },
    }),
    pods: seen([pod(0), pod(1), pod(2)]),
    services: seen([]),
    gateway: seen({
      ...gatewayRef,
      metadata: { name: gatewayRef.name, namespace: NAMESPACE },
      status: {
        addresses,
        conditions: CONTROLLER_SAYS_YES,
        listeners: [
          { name: 'cql-tls', conditions: CONTROLLER_SAYS_YES },
          { name: 'cql-tls-native', conditions: CONTROLLER_SAYS_YES },
        ],
      },
    }),
    routes: seen([
      {
        ...routeRef,
        metadata: { name: routeRef.name, namespace: NAMESPACE },
        status: {
          parents: [
            {
              parentRef: { name: gatewayRef.name },
              conditions: CONTROLLER_SAYS_YES,
            },
          ],
        },
      },
    ]),
    peerAuthentications: seen([peerAuthentication('STRICT')]),
    meshPeerAuthentications: seen([]),
    authorizationPolicies: seen([
      {
        apiVersion: 'security.istio.io/v1',
        kind: 'AuthorizationPolicy',
        metadata: { name: 'orders', namespace: NAMESPACE },
        spec: {
          action: 'ALLOW',
          selector: { matchLabels: { 'app.kubernetes.io/instance': 'orders' } },
        },
      },
    ]),
    ztunnelPods: seen([ztunnel(0), ztunnel(1), ztunnel(2)]),
    trafficRules: seen([]),
    networkPolicies: seen([]),
    endpointSlices: seen([]),
    volumeClaims: seen([]),
    certificateRequests: seen([]),
    warnings: seen([]),
    platform: FORBIDDEN,
    wire: seen({
      port: 9041,
      hybridKeyExchange: 'taken',
      legacyTaken: [],
      handshakeMs: 12,
    }),
    schemas: FORBIDDEN,
    nameLookup: FORBIDDEN,
    drift: seen([]),
    receipts: seen([]),
    certificates: [caFacts(pki), certificateFacts(pki)],
    gatewayAddresses: seen(addresses),
    served: seen({
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      certificatePem: pki.leafPem,
      chainPem: [pki.leafPem],
      verified: true,
    }),
    plaintext: seen({ refused: true, message: 'the connection was reset' }),
    ring: seen(
      [0, 1, 2].map(ordinal => ({
        address: `10.244.0.1${ordinal}`,
        state: 'UN',
        datacenter: 'datacenter1',
      })),
    ),
    logins: {
      application: seen({ outcome: 'accepted' }),
      anonymous: seen({
        outcome: 'refused',
        message: 'authentication required',
      }),
      publicDefault: seen({ outcome: 'refused', message: 'bad credentials' }),
    },
    telemetry: seen([
      {
        reporter: 'destination',
        sourceWorkload: 'orders-gateway-istio',
        sourceNamespace: NAMESPACE,
        sourcePrincipal:
          'spiffe://cluster.local/ns/orders/sa/orders-gateway-istio',
        destinationWorkload: 'orders',
        securityPolicy: 'mutual_tls',
        connectionsOpened: 12,
        receivedBytes: 3400,
      },
    ]),
    ...changes,
  };
}
