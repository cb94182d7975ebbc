import { createHash } from 'node:crypto';
import type { Observed } from '../../blueprint';
import type { Manifest } from '../../kubernetes';
import {
  toManifest,
  type IConfigMap,
  type IPodDisruptionBudget,
  type IService,
  type IServiceAccount,
  type IStatefulSet,
} from '../manifest';
import { commonLabels, names, podSelector, serviceHosts } from '../names';
import type { CqlRing, CqlRingContext } from './CqlRing';
import { nodeNames } from '../nodeNames';
import { DATA_VOLUME } from './pod';
import { CQL_PORT } from './ports';
import type { CqlRingSpec } from './spec';

/** Everything that a ring runs from. */
export function ringManifests(
  { spec, platform, ring }: CqlRingContext,
  observed: Observed,
): Manifest[] {
  return [
    toManifest(settings(spec, ring)),
    toManifest(serviceAccount(spec, ring)),
    toManifest(headlessService(spec, ring)),
    toManifest(cqlService(spec, ring)),
    ...nodeServices(spec, ring).map(service => toManifest(service)),
    toManifest(disruptionBudget(spec, ring)),
    toManifest(statefulSet({ spec, platform, ring }, observed)),
  ];
}

/**
 * The node to ask for the ring: the first one, for all. A second seed that
 * cannot be resolved yet would stop the first node from starting.
 */
export function seedHost(spec: CqlRingSpec): string {
  const [, service] = serviceHosts(names.ring(spec), spec.namespace);
  return `${names.pod(spec, 0)}.${service}`;
}

function meta(spec: CqlRingSpec, { application }: CqlRing, name: string) {
  return {
    name,
    namespace: spec.namespace,
    labels: commonLabels(spec, application),
  };
}

function settings(spec: CqlRingSpec, ring: CqlRing): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta(spec, ring, names.settings(spec)),
    data: ring.settings,
  };
}

/** The nodes' identity in the mesh; they ask nothing of the API server. */
function serviceAccount(spec: CqlRingSpec, ring: CqlRing): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta(spec, ring, names.ring(spec)),
    automountServiceAccountToken: false,
  };
}

/** Names for the nodes, also before they are ready: they find each other by these. */
function headlessService(spec: CqlRingSpec, ring: CqlRing): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(spec, ring, names.ring(spec)),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: podSelector(spec, ring.application),
      ports: ring.ports.headless.map(({ name, port }) => tcpPort(name, port)),
    },
  };
}

/** What the route and clients inside the mesh dial: ready nodes alone. */
function cqlService(spec: CqlRingSpec, ring: CqlRing): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(spec, ring, names.cql(spec)),
    spec: {
      type: 'ClusterIP',
      selector: podSelector(spec, ring.application),
      ports: [tcpPort('tcp-cql', CQL_PORT)],
    },
  };
}

/** What the route to one node dials, where clients may choose the node. */
function nodeServices(spec: CqlRingSpec, ring: CqlRing): IService[] {
  return nodeNames(spec).map(({ name: pod }, ordinal) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(spec, ring, names.nodeCql(spec, ordinal)),
    spec: {
      type: 'ClusterIP',
      selector: {
        ...podSelector(spec, ring.application),
        'statefulset.kubernetes.io/pod-name': pod,
      },
      ports: [tcpPort('tcp-cql', CQL_PORT)],
    },
  }));
}

function tcpPort(name: `tcp-${string}`, port: number) {
  return { name, port, targetPort: port, protocol: 'TCP' as const };
}

function disruptionBudget(
  spec: CqlRingSpec,
  ring: CqlRing,
): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta(spec, ring, names.ring(spec)),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: podSelector(spec, ring.application) },
    },
  };
}

function statefulSet(
  context: CqlRingContext,
  observed: Observed,
): IStatefulSet {
  const { spec, platform, ring } = context;
  const selector = podSelector(spec, ring.application);
  const labels = { ...commonLabels(spec, ring.application), ...selector };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...meta(spec, ring, names.ring(spec)), labels },
    spec: {
      serviceName: names.ring(spec),
      replicas: spec.replicas,
      selector: { matchLabels: selector },
      // Updates go one pod at a time either way.
      podManagementPolicy:
        ring.joins === 'together' ? 'Parallel' : 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: 'Retain',
        whenScaled: 'Retain',
      },
      template: {
        metadata: { labels, annotations: podAnnotations(context, observed) },
        spec: ring.pod(platform),
      },
      volumeClaimTemplates: [volumeClaim(spec, ring)],
    },
  };
}

/** What the pods are to be like, and what rolls them when it changes: they read settings and Secrets at their start. */
function podAnnotations(
  { spec, platform, ring }: CqlRingContext,
  { secretHashes }: Observed,
): Record<string, string> {
  const files = Object.values(ring.settings).join('');
  const annotations = {
    ...ring.podAnnotations?.(platform),
    'ringfence.dev/settings-hash': createHash('sha256')
      .update(files)
      .digest('hex'),
  };
  // Where the superuser is made over CQL, the pods read no Secret.
  const hash = ring.superuserData && secretHashes[names.superuserSecret(spec)];
  return hash
    ? { ...annotations, 'ringfence.dev/secret-hash': hash }
    : annotations;
}

function volumeClaim(spec: CqlRingSpec, { application }: CqlRing) {
  return {
    apiVersion: 'v1' as const,
    kind: 'PersistentVolumeClaim' as const,
    metadata: { name: DATA_VOLUME, labels: commonLabels(spec, application) },
    spec: {
      accessModes: ['ReadWriteOnce' as const],
      storageClassName: spec.storage.className,
      resources: { requests: { storage: spec.storage.size } },
    },
  };
}
