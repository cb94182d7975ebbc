import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import { DATACENTERS } from '../cassOperator/datacenter';
import {
  datacenterLabels,
  metricsConfigName,
  ringLabels,
  type Ring,
  type RingDatacenter,
} from './ring';
import {
  jmxOptions,
  storeMounts,
  storeVolumes,
  withStores,
  type Encryption,
  type Passwords,
} from './stores';

const CONTAINER = 'cassandra';
const MOST_SYSTEM_COPIES = 3;

/** Options of a datacenter that cass-operator has by the same name. */
const SAME_OPTIONS = [
  'resources',
  'racks',
  'networking',
  'tolerations',
  'serviceAccount',
  'serverImage',
  'managementApiAuth',
] as const;

/** What a datacenter is made from. */
export interface DatacenterOptions {
  readonly encryption: Encryption;
  readonly passwords: Passwords;
  /** Copies of Cassandra's own keyspaces by datacenter, as they were at first. */
  readonly systemReplication: Readonly<Record<string, number>>;
}

/** How many copies Cassandra's own keyspaces have in each datacenter. */
export function systemReplication({
  datacenters,
}: Ring): Record<string, number> {
  return Object.fromEntries(
    datacenters.map(({ name, size }) => [
      name,
      Math.min(size, MOST_SYSTEM_COPIES),
    ]),
  );
}

/** The CassandraDatacenter of a datacenter, as the real operator made it. */
export function datacenterManifest(
  ring: Ring,
  datacenter: RingDatacenter,
  options: DatacenterOptions,
): Manifest {
  const { name, metadata } = datacenter;
  return {
    ...DATACENTERS,
    metadata: {
      name,
      namespace: ring.namespace,
      labels: { ...datacenterLabels(ring), ...metadata.labels },
      ...(metadata.annotations && { annotations: metadata.annotations }),
    },
    spec: {
      ...sameOptions(datacenter),
      additionalServiceConfig: serviceConfig(ring, datacenter),
      ...labelsForAll(datacenter),
      clusterName: ring.clusterName,
      config: config(ring, datacenter, options),
      configBuilderResources: {},
      podTemplateSpec: podTemplate(datacenter, options.encryption),
      serverType: datacenter.options.serverType,
      serverVersion: datacenter.options.serverVersion,
      size: datacenter.size,
      ...(datacenter.stopped && { stopped: true }),
      ...(datacenter.options.softPodAntiAffinity !== undefined && {
        allowMultipleNodesPerWorker: datacenter.options.softPodAntiAffinity,
      }),
      storageConfig: storageConfig(ring, datacenter),
      superuserSecretName: ring.superuserSecret,
      systemLoggerResources: {},
      ...(ring.hasReaper && {
        users: [{ secretName: `${ring.name}-reaper`, superuser: true }],
      }),
    },
  };
}

function sameOptions({ options }: RingDatacenter) {
  const given = SAME_OPTIONS.filter(name => options[name] !== undefined);
  return {
    resources: {},
    managementApiAuth: {},
    ...Object.fromEntries(given.map(name => [name, options[name]])),
  };
}

function labelsForAll({ metadata }: RingDatacenter) {
  const labels = metadata.commonLabels;
  return Object.keys(labels).length > 0 && { additionalLabels: labels };
}

function serviceConfig(ring: Ring, { metadata }: RingDatacenter) {
  const of = (name: string, labels?: Record<string, string>) => {
    const own = metadata.services[name] ?? {};
    const additionalLabels = { ...own.labels, ...labels };
    return {
      ...(own.annotations && { additionalAnnotations: own.annotations }),
      ...(Object.keys(additionalLabels).length > 0 && { additionalLabels }),
    };
  };
  return {
    additionalSeedService: of('additionalSeedService'),
    allpodsService: of('allPodsService', ringLabels(ring)),
    dcService: of('dcService'),
    nodePortService: of('nodePortService'),
    seedService: of('seedService'),
  };
}

function storageConfig(ring: Ring, { name, options }: RingDatacenter) {
  const metricsConfig = 'metrics-collector.yaml';
  return {
    ...options.storageConfig,
    additionalVolumes: [
      ...(options.extraVolumes?.pvcs ?? []),
      {
        name: 'metrics-agent-config',
        mountPath: '/opt/management-api/configs',
        volumeSource: {
          configMap: {
            name: metricsConfigName(ring, name),
            items: [{ key: metricsConfig, path: metricsConfig }],
          },
        },
      },
    ],
  };
}

function podTemplate(
  { options, metadata }: RingDatacenter,
  encryption: Encryption,
) {
  const containers: any[] = options.containers ?? [];
  const own = containers.find(({ name }) => name === CONTAINER) ?? {};
  const others = containers.filter(({ name }) => name !== CONTAINER);
  const { labels, annotations } = metadata.pods;
  return {
    metadata: {
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec: {
      ...(options.podSecurityContext && {
        securityContext: options.podSecurityContext,
      }),
      ...(options.initContainers && { initContainers: options.initContainers }),
      containers: [
        {
          resources: {},
          ...own,
          name: CONTAINER,
          env: [
            ...(own.env ?? []),
            { name: 'MGMT_API_DISABLE_MCAC', value: 'true' },
          ],
          volumeMounts: [
            ...(own.volumeMounts ?? []),
            ...storeMounts(encryption),
          ],
        },
        ...others,
      ],
      volumes: [
        ...(options.extraVolumes?.volumes ?? []),
        ...storeVolumes(encryption),
      ],
    },
  };
}

/** What cass-operator's configuration builder takes, under its names of files. */
function config(
  ring: Ring,
  { options }: RingDatacenter,
  { passwords, systemReplication: copies }: DatacenterOptions,
) {
  const { cassandraYaml = {}, jvmOptions = {} } = options.config ?? {};
  const replication = Object.entries(copies)
    .map(([name, count]) => `${name}:${count}`)
    .join(',');
  const heap = heapOptions(jvmOptions);
  return {
    'cassandra-env-sh': {
      'additional-jvm-opts': [
        '-Dcassandra.allow_alter_rf_during_range_movement=true',
        `-Dcassandra.system_distributed_replication=${replication}`,
        ...jmxOptions(passwords),
        ...(jvmOptions.additionalOptions ?? []),
      ],
    },
    'cassandra-yaml': {
      ...authentication(ring),
      num_tokens: 16,
      ...withStores(cassandraYaml, passwords),
    },
    ...(Object.keys(heap).length > 0 && { 'jvm-server-options': heap }),
  };
}

function authentication({ hasAuth }: Ring) {
  return hasAuth
    ? {
        authenticator: 'PasswordAuthenticator',
        authorizer: 'CassandraAuthorizer',
        role_manager: 'CassandraRoleManager',
      }
    : {
        authenticator: 'AllowAllAuthenticator',
        authorizer: 'AllowAllAuthorizer',
      };
}

function heapOptions(jvmOptions: Record<string, unknown>) {
  const { heap_initial_size: initial, heap_max_size: largest } = jvmOptions;
  return {
    ...(initial !== undefined && { initial_heap_size: initial }),
    ...(largest !== undefined && { max_heap_size: largest }),
  };
}
