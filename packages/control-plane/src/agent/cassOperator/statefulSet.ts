import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import {
  commonLabels,
  OPERATOR_LABELS,
  ownedMetadata,
  rackLabels,
  type Datacenter,
} from './datacenter';

const CONTAINER = 'cassandra';
/** When the operator last rolled the nodes because it was asked to, and nothing else has changed. */
const RESTARTED = 'cassandra.datastax.com/restartedAt';

const PORTS = {
  native: 9042,
  'tls-native': 9142,
  internode: 7000,
  'tls-internode': 7001,
  jmx: 7199,
  'mgmt-api-http': 8080,
  prometheus: 9103,
  metrics: 9000,
} as const;

const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
};
const OWN_VOLUMES = [
  'server-config',
  'server-logs',
  'tmp',
  'etc-cassandra',
  'server-config-base',
  'vector-lib',
];

/**
 * The StatefulSet of the one rack of a datacenter, as the real operator made it.
 * Its controller replaces one pod at a time, and goes on once that is ready.
 *
 * @param restartedAt - of `status.lastRollingRestart`
 */
export function statefulSetManifest(
  datacenter: Datacenter,
  restartedAt: string | undefined,
): Manifest {
  const { spec } = datacenter.object;
  const labels = { ...commonLabels(datacenter), ...rackLabels(datacenter) };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: ownedMetadata(datacenter, {
      name: datacenter.statefulSet,
      labels,
    }),
    spec: {
      minReadySeconds: spec.minReadySeconds ?? 5,
      podManagementPolicy: 'Parallel',
      replicas: datacenter.size,
      selector: { matchLabels: rackLabels(datacenter) },
      serviceName: `${datacenter.cluster}-${datacenter.name}-all-pods-service`,
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { partition: 0 },
      },
      template: {
        metadata: {
          labels: {
            ...labels,
            ...spec.podTemplateSpec?.metadata?.labels,
            [OPERATOR_LABELS.nodeState]: 'Ready-to-Start',
          },
          annotations: {
            ...spec.additionalAnnotations,
            ...spec.podTemplateSpec?.metadata?.annotations,
            ...(restartedAt && { [RESTARTED]: restartedAt }),
          },
        },
        spec: podSpec(datacenter),
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'server-data', labels },
          spec: spec.storageConfig.cassandraDataVolumeClaimSpec,
        },
      ],
    },
  };
}

function podSpec(datacenter: Datacenter) {
  const { spec } = datacenter.object;
  const {
    containers = [],
    volumes = [],
    ...own
  } = spec.podTemplateSpec?.spec ?? {};
  const ownNode = containers.find(({ name }: any) => name === CONTAINER) ?? {};
  const others = containers.filter(({ name }: any) => name !== CONTAINER);
  return {
    securityContext: {
      fsGroup: 999,
      runAsGroup: 999,
      runAsNonRoot: true,
      runAsUser: 999,
    },
    terminationGracePeriodSeconds: 120,
    ...(!spec.allowMultipleNodesPerWorker && { affinity: apart() }),
    ...own,
    initContainers: [baseConfig(datacenter), configBuilder(datacenter)],
    containers: [
      node(datacenter, ownNode),
      ...(spec.disableSystemLoggerSidecar ? [] : [systemLogger()]),
      ...others,
    ],
    volumes: [...volumes, ...OWN_VOLUMES.map(name => ({ name, emptyDir: {} }))],
  };
}

function apart() {
  const keys = [
    OPERATOR_LABELS.cluster,
    OPERATOR_LABELS.datacenter,
    OPERATOR_LABELS.rack,
  ];
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          labelSelector: {
            matchExpressions: keys.map(key => ({ key, operator: 'Exists' })),
          },
          topologyKey: 'kubernetes.io/hostname',
        },
      ],
    },
  };
}

function image({ version }: Datacenter): string {
  return `ghcr.io/k8ssandra/cass-management-api:${version}-ubi`;
}

function baseConfig(datacenter: Datacenter) {
  return {
    name: 'server-config-init-base',
    image: image(datacenter),
    command: ['/bin/sh'],
    args: ['-c', 'cp -rf /etc/cassandra/* /cassandra-base-config/'],
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'server-config-base', mountPath: '/cassandra-base-config' },
    ],
  };
}

/** What the datacenter's `config` says, with what the operator knows. */
function configBuilder(datacenter: Datacenter) {
  const { cluster, name, object } = datacenter;
  const config = {
    ...object.spec.config,
    'cluster-info': {
      name: object.spec.clusterName,
      seeds: `${cluster}-seed-service,${cluster}-${name}-additional-seed-service`,
    },
    'datacenter-info': { name, 'graph-enabled': 0 },
  };
  return {
    name: 'server-config-init',
    image: 'docker.io/k8ssandra/k8ssandra-client:v0.8.12',
    args: ['config', 'build'],
    env: [
      { name: 'PRODUCT_NAME', value: object.spec.serverType },
      { name: 'PRODUCT_VERSION', value: datacenter.version },
      { name: 'CONFIG_FILE_DATA', value: JSON.stringify(config) },
    ],
    resources: object.spec.configBuilderResources ?? {},
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'server-config', mountPath: '/config' },
      { name: 'server-config-base', mountPath: '/cassandra-base-config' },
    ],
  };
}

function node(datacenter: Datacenter, own: any) {
  const probe = (path: string) => ({
    httpGet: { path: `/api/v0/probes/${path}`, port: 8080 },
    timeoutSeconds: 10,
  });
  return {
    ...own,
    name: CONTAINER,
    image: datacenter.object.spec.serverImage ?? image(datacenter),
    env: [
      ...(own.env ?? []),
      { name: 'USE_MGMT_API', value: 'true' },
      { name: 'MGMT_API_EXPLICIT_START', value: 'true' },
      { name: 'MGMT_API_LISTEN_TCP_PORT', value: '8080' },
    ],
    lifecycle: {
      preStop: {
        exec: {
          command: [
            'curl',
            ...['-X', 'POST', '-s', '-m', '0', '-o', '/dev/null'],
            ...['--show-error', '--fail'],
            'http://localhost:8080/api/v0/ops/node/drain',
          ],
        },
      },
    },
    livenessProbe: probe('liveness'),
    readinessProbe: probe('readiness'),
    ports: Object.entries(PORTS).map(([name, containerPort]) => ({
      name,
      containerPort,
    })),
    resources: datacenter.object.spec.resources ?? {},
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      ...(own.volumeMounts ?? []),
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'etc-cassandra', mountPath: '/etc/cassandra' },
      { name: 'server-logs', mountPath: '/var/log/cassandra' },
      { name: 'server-data', mountPath: '/var/lib/cassandra' },
      { name: 'server-config', mountPath: '/config' },
    ],
  };
}

function systemLogger() {
  return {
    name: 'server-system-logger',
    image: 'ghcr.io/k8ssandra/system-logger:latest',
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: 'server-logs', mountPath: '/var/log/cassandra' },
      { name: 'vector-lib', mountPath: '/var/lib/vector' },
    ],
  };
}

/** Whom a seed Service leads to; of one rack the first node. */
export function seedNode(datacenter: Datacenter): string {
  return `${datacenter.statefulSet}-0`;
}
