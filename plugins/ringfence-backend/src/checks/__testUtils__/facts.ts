import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  caFacts,
  certificateFacts,
  NOW,
  SERVER_NAME,
  seen,
  type Pki,
} from './certificates';
import {
  claim,
  endpointSlice,
  NAMESPACE,
  peerAuthentication,
  pod,
  service,
  ztunnel,
} from './objects';
import { healthyPlatform } from './platform';

export * from './certificates';

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
      superuserSecret: 'orders-superuser',
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
      spec: {
        replicas: 3,
        volumeClaimTemplates: [{ metadata: { name: 'data' } }],
      },
      status: { readyReplicas: 3 },
    }),
    pods: seen([pod(0), pod(1), pod(2)]),
    services: seen([
      service('orders', { clusterIP: 'None' }),
      service('orders-cql'),
    ]),
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
        spec: { rules: [{ backendRefs: [{ name: 'orders-cql' }] }] },
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
    meshAuthorizationPolicies: seen([]),
    envoyFilters: seen([]),
    otherRoutes: seen([]),
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
    endpointSlices: seen([
      endpointSlice('orders', [0, 1, 2]),
      endpointSlice('orders-cql', [0, 1, 2]),
    ]),
    volumeClaims: seen([claim(0), claim(1), claim(2)]),
    certificateRequests: seen([]),
    referenceGrants: seen([]),
    warnings: seen([]),
    platform: seen(healthyPlatform()),
    wire: seen({
      port: 9041,
      hybridKeyExchange: 'taken',
      legacyTaken: [],
      handshakeMs: 12,
    }),
    schemas: seen([
      {
        version: 'b1a5d9a6-0000-3000-8000-000000000001',
        nodes: ['10.244.0.10', '10.244.0.11', '10.244.0.12'],
      },
    ]),
    nameLookup: seen({
      name: 'orders.orders.svc.cluster.local',
      pod: 'orders-0',
      addresses: ['10.244.0.10', '10.244.0.11', '10.244.0.12'],
    }),
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
      superuser: seen({ outcome: 'accepted' }),
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
