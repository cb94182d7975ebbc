import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import { leafManifest, pkiManifests } from '.';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

interface Options {
  readonly namespace: string;
  readonly replicas?: number;
  readonly version?: string;
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel';
  readonly labels?: Record<string, string>;
  /** Annotation of the pods: another one makes another template. */
  readonly revision?: string;
}

/** The StatefulSet of a database, its Services and its namespace. */
export function ringManifests(options: Options): Manifest[] {
  const { namespace } = options;
  const selector = { 'app.kubernetes.io/instance': 'orders' };
  const service = (name: string, spec: object): Manifest => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      selector,
      ports: [{ name: 'tcp-cql', port: 9042, targetPort: 'tcp-cql' }],
      ...spec,
    },
  });
  return [
    service('orders', { clusterIP: 'None', publishNotReadyAddresses: true }),
    service('orders-cql', {}),
    statefulSet(options, selector),
  ];
}

function statefulSet(
  options: Options,
  selector: Record<string, string>,
): Manifest {
  const {
    namespace,
    replicas = 3,
    version = '2026.1.11',
    revision = '1',
  } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'orders', namespace },
    spec: {
      replicas,
      serviceName: 'orders',
      podManagementPolicy: options.podManagementPolicy ?? 'Parallel',
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector, annotations: { revision } },
        spec: {
          serviceAccountName: 'orders',
          containers: [
            {
              name: 'scylla',
              image: `scylladb/scylla:${version}`,
              args: [
                '--cluster-name',
                'orders',
                '--dc=datacenter1',
                '--rack',
                'rack1',
              ],
              ports: [{ name: 'tcp-cql', containerPort: 9042 }],
              volumeMounts: [{ name: 'data', mountPath: '/var/lib/scylla' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1Gi' } },
          },
        },
      ],
    },
  };
}

export function namespaceManifest({ namespace, labels }: Options): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels },
  };
}

/** A Gateway with TLS on 9041 and 9042, and the route behind it. */
export function gatewayManifests({ namespace }: Options): Manifest[] {
  return [
    {
      apiVersion: GATEWAY_API,
      kind: 'Gateway',
      metadata: { name: 'orders-gateway', namespace },
      spec: {
        gatewayClassName: 'istio',
        listeners: [
          ['cql-tls', 9041],
          ['cql-tls-native', 9042],
        ].map(([name, port]) => ({
          name,
          port,
          protocol: 'TLS',
          tls: { mode: 'Terminate', certificateRefs: [{ name: 'orders-tls' }] },
        })),
      },
    },
    {
      apiVersion: GATEWAY_API,
      kind: 'TCPRoute',
      metadata: { name: 'orders-cql', namespace },
      spec: {
        parentRefs: [{ name: 'orders-gateway' }],
        rules: [{ backendRefs: [{ name: 'orders-cql', port: 9042 }] }],
      },
    },
  ];
}

/** All of a database with a two-tier PKI of its own, as somebody would write it by hand. */
export function databaseManifests(options: Options): Manifest[] {
  const { namespace } = options;
  return [
    namespaceManifest(options),
    ...pkiManifests(namespace),
    leafManifest(namespace),
    ...gatewayManifests(options),
    ...ringManifests(options),
  ];
}
