import { OPERATOR_LABELS, type Datacenter } from './datacenter';

/** The one that runs the node. */
export const NODE_CONTAINER = 'cassandra';

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

const SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
};

const fieldOf = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { fieldPath } },
});
const OWN_NAMES = [
  fieldOf('POD_NAME', 'metadata.name'),
  fieldOf('NODE_NAME', 'spec.nodeName'),
];

function image({ version }: Datacenter): string {
  return `ghcr.io/k8ssandra/cass-management-api:${version}-ubi`;
}

/** Further volumes that a datacenter asks for: all of its containers have them. */
function furtherMounts({ object }: Datacenter) {
  const volumes: any[] = object.spec.storageConfig.additionalVolumes ?? [];
  return volumes.map(({ name, mountPath }) => ({ name, mountPath }));
}

/** Copies the image's own configuration. */
export function baseConfig(datacenter: Datacenter) {
  return {
    name: 'server-config-init-base',
    image: image(datacenter),
    command: ['/bin/sh'],
    args: ['-c', 'cp -rf /etc/cassandra/* /cassandra-base-config/'],
    resources: {},
    securityContext: SECURITY,
    volumeMounts: [
      { name: 'server-config-base', mountPath: '/cassandra-base-config' },
    ],
  };
}

const BUILDER_RESOURCES = {
  limits: { cpu: '1', memory: '384M' },
  requests: { cpu: '1', memory: '256M' },
};

/** Lays over it what the datacenter's `config` says, with what the operator knows. */
export function configBuilder(datacenter: Datacenter) {
  const { cluster, name, object } = datacenter;
  const config = {
    ...object.spec.config,
    'cluster-info': {
      name: object.spec.clusterName,
      seeds: `${cluster}-seed-service,${cluster}-${name}-additional-seed-service`,
    },
    'datacenter-info': {
      'graph-enabled': 0,
      name,
      'solr-enabled': 0,
      'spark-enabled': 0,
    },
  };
  const given = object.spec.configBuilderResources ?? {};
  return {
    name: 'server-config-init',
    image: 'docker.io/k8ssandra/k8ssandra-client:v0.8.12',
    args: ['config', 'build'],
    env: [
      fieldOf('POD_IP', 'status.podIP'),
      fieldOf('HOST_IP', 'status.hostIP'),
      { name: 'USE_HOST_IP_FOR_BROADCAST', value: 'false' },
      { name: 'RACK_NAME', value: 'default' },
      { name: 'PRODUCT_VERSION', value: datacenter.version },
      { name: 'PRODUCT_NAME', value: object.spec.serverType },
      OWN_NAMES[0],
      { name: 'CONFIG_FILE_DATA', value: JSON.stringify(config) },
    ],
    resources: Object.keys(given).length > 0 ? given : BUILDER_RESOURCES,
    securityContext: SECURITY,
    volumeMounts: [
      { name: 'server-config', mountPath: '/config' },
      ...furtherMounts(datacenter),
      { name: 'server-config-base', mountPath: '/cassandra-base-config' },
    ],
  };
}

/** Cassandra behind its management API. @param own - what the datacenter says of this container */
export function node(datacenter: Datacenter, own: any) {
  const probe = (path: string) => ({
    httpGet: { path: `/api/v0/probes/${path}`, port: 8080 },
    timeoutSeconds: 10,
  });
  return {
    ...own,
    name: NODE_CONTAINER,
    image: datacenter.object.spec.serverImage ?? image(datacenter),
    env: [
      ...(own.env ?? []),
      ...OWN_NAMES,
      { name: 'DS_LICENSE', value: 'accept' },
      { name: 'USE_MGMT_API', value: 'true' },
      { name: 'MGMT_API_NO_KEEP_ALIVE', value: 'true' },
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
    livenessProbe: {
      ...probe('liveness'),
      initialDelaySeconds: 15,
      periodSeconds: 15,
    },
    readinessProbe: { ...probe('readiness'), initialDelaySeconds: 20 },
    ports: Object.entries(PORTS).map(([name, containerPort]) => ({
      name,
      containerPort,
    })),
    resources: datacenter.object.spec.resources ?? {},
    securityContext: SECURITY,
    volumeMounts: [
      ...furtherMounts(datacenter),
      ...(own.volumeMounts ?? []),
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'etc-cassandra', mountPath: '/etc/cassandra' },
      { name: 'server-logs', mountPath: '/var/log/cassandra' },
      { name: 'server-data', mountPath: '/var/lib/cassandra' },
      { name: 'server-config', mountPath: '/config' },
    ],
  };
}

const LOGGER_RESOURCES = {
  limits: { memory: '128M' },
  requests: { cpu: '100m', memory: '64M' },
};

/** Prints Cassandra's log. */
export function systemLogger(datacenter: Datacenter) {
  const { object, name } = datacenter;
  const given = object.spec.systemLoggerResources ?? {};
  return {
    name: 'server-system-logger',
    image: 'ghcr.io/k8ssandra/system-logger:latest',
    env: [
      ...OWN_NAMES,
      { name: 'CLUSTER_NAME', value: object.spec.clusterName },
      { name: 'DATACENTER_NAME', value: name },
      fieldOf('RACK_NAME', `metadata.labels['${OPERATOR_LABELS.rack}']`),
      fieldOf('NAMESPACE', 'metadata.namespace'),
    ],
    resources: Object.keys(given).length > 0 ? given : LOGGER_RESOURCES,
    securityContext: SECURITY,
    volumeMounts: [
      ...furtherMounts(datacenter),
      { name: 'server-logs', mountPath: '/var/log/cassandra' },
      { name: 'vector-lib', mountPath: '/var/lib/vector' },
    ],
  };
}
