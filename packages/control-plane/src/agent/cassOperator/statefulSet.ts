import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  baseConfig,
  configBuilder,
  node,
  NODE_CONTAINER,
  systemLogger,
} from './containers';
import {
  commonLabels,
  OPERATOR_LABELS,
  ownedMetadata,
  rackLabels,
  type Datacenter,
} from './datacenter';

/** What nodes are made by. */
export const STATEFUL_SETS = { apiVersion: 'apps/v1', kind: 'StatefulSet' };

/** When the operator last rolled the nodes because it was asked to, and nothing else has changed. */
const RESTARTED = 'cassandra.datastax.com/restartedAt';

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
    ...STATEFUL_SETS,
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
    initContainers = [],
    volumes = [],
    ...own
  } = spec.podTemplateSpec?.spec ?? {};
  const ownNode =
    containers.find(({ name }: any) => name === NODE_CONTAINER) ?? {};
  const others = containers.filter(({ name }: any) => name !== NODE_CONTAINER);
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
    initContainers: [
      ...initContainers,
      baseConfig(datacenter),
      configBuilder(datacenter),
    ],
    containers: [
      node(datacenter, ownNode),
      ...(spec.disableSystemLoggerSidecar ? [] : [systemLogger(datacenter)]),
      ...others,
    ],
    volumes: [
      ...volumes,
      ...OWN_VOLUMES.map(name => ({ name, emptyDir: {} })),
      ...furtherVolumes(datacenter),
    ],
  };
}

/** Those that come from elsewhere than a claim. */
function furtherVolumes({ object }: Datacenter) {
  const volumes: any[] = object.spec.storageConfig.additionalVolumes ?? [];
  return volumes.flatMap(({ name, volumeSource }) =>
    volumeSource ? [{ name, ...volumeSource }] : [],
  );
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

/** Whom a seed Service leads to; of one rack the first node. */
export function seedNode(datacenter: Datacenter): string {
  return `${datacenter.statefulSet}-0`;
}

/** Whether all of its pods are of its newest generation, and ready. */
export function isRolledOut({
  metadata,
  spec,
  status = {},
}: KubernetesObject): boolean {
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status.updatedReplicas ?? 0) >= spec.replicas &&
    (status.readyReplicas ?? 0) >= spec.replicas
  );
}
