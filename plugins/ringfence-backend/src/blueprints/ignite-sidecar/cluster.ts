import { createHash } from 'node:crypto';
import {
  commonLabels,
  DATA_VOLUME,
  names,
  podSelector,
  sidecarAnnotations,
  toManifest,
  type IConfigMap,
  type IPodDisruptionBudget,
  type IService,
  type IServiceAccount,
  type IStatefulSet,
  type Manifest,
  type Observed,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { licenceSecret } from './licence';
import { APPLICATION, igniteNames, PORTS } from './names';
import { ignitePod } from './pod';
import { SETTINGS_FILE, settingsXml } from './settings';
import { needsLicence, type IgniteSidecarSpec } from './spec';

/** Everything that a cluster runs from. */
export function clusterManifests(
  spec: IgniteSidecarSpec,
  platform: Platform,
  observed: Observed,
): Manifest[] {
  return [
    toManifest(settings(spec)),
    toManifest(serviceAccount(spec)),
    toManifest(headlessService(spec)),
    toManifest(clientService(spec)),
    toManifest(disruptionBudget(spec)),
    toManifest(statefulSet(spec, platform, observed)),
  ];
}

function meta(spec: IgniteSidecarSpec, name: string) {
  return {
    name,
    namespace: spec.namespace,
    labels: commonLabels(spec, APPLICATION),
  };
}

function settings(spec: IgniteSidecarSpec): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: meta(spec, igniteNames.settings(spec)),
    data: { [SETTINGS_FILE]: settingsXml(spec) },
  };
}

/** The nodes' identity in the mesh; they ask nothing of the API server. */
function serviceAccount(spec: IgniteSidecarSpec): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta(spec, names.ring(spec)),
    automountServiceAccountToken: false,
  };
}

/** Names for the nodes, also before they are ready: they find each other by these. A port that is not here is one that no sidecar speaks mTLS to. */
function headlessService(spec: IgniteSidecarSpec): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(spec, names.ring(spec)),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: podSelector(spec, APPLICATION),
      ports: [
        port('tcp-thinclient', PORTS.thinClient),
        port('tcp-communication', PORTS.communication),
        port('tcp-discovery', PORTS.discovery),
        port('http-rest', PORTS.rest),
      ],
    },
  };
}

/** What the routes and clients inside the mesh dial: ready nodes alone. */
function clientService(spec: IgniteSidecarSpec): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(spec, igniteNames.clients(spec)),
    spec: {
      type: 'ClusterIP',
      selector: podSelector(spec, APPLICATION),
      ports: [
        port('tcp-thinclient', PORTS.thinClient),
        port('http-rest', PORTS.rest),
      ],
    },
  };
}

/** The prefix tells Istio what is spoken, so that it does not guess. */
function port(name: `tcp-${string}` | `http-${string}`, number: number) {
  return { name, port: number, targetPort: number, protocol: 'TCP' as const };
}

function disruptionBudget(spec: IgniteSidecarSpec): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta(spec, names.ring(spec)),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: podSelector(spec, APPLICATION) },
    },
  };
}

function statefulSet(
  spec: IgniteSidecarSpec,
  platform: Platform,
  observed: Observed,
): IStatefulSet {
  const selector = podSelector(spec, APPLICATION);
  const labels = { ...commonLabels(spec, APPLICATION), ...selector };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...meta(spec, names.ring(spec)), labels },
    spec: {
      serviceName: names.ring(spec),
      replicas: spec.replicas,
      selector: { matchLabels: selector },
      // Nodes of a persistent cluster that was stopped wait for each other.
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      ...(spec.persistence.enabled && {
        persistentVolumeClaimRetentionPolicy: {
          whenDeleted: 'Retain',
          whenScaled: 'Retain',
        },
      }),
      template: {
        metadata: {
          labels,
          annotations: podAnnotations(spec, platform, observed),
        },
        spec: ignitePod(spec),
      },
      ...(spec.persistence.enabled && {
        volumeClaimTemplates: [volumeClaim(spec)],
      }),
    },
  };
}

/** What the mesh reads on the pods, and what rolls them when it changes: they read settings and licence at their start. */
function podAnnotations(
  spec: IgniteSidecarSpec,
  platform: Platform,
  { secretHashes }: Observed,
): Record<string, string> {
  const licence = needsLicence(spec) && secretHashes[licenceSecret(spec)];
  return {
    ...sidecarAnnotations(platform),
    'ringfence.dev/settings-hash': createHash('sha256')
      .update(settingsXml(spec))
      .digest('hex'),
    ...(licence && { 'ringfence.dev/secret-hash': licence }),
  };
}

function volumeClaim({ name, namespace, storage }: IgniteSidecarSpec) {
  return {
    apiVersion: 'v1' as const,
    kind: 'PersistentVolumeClaim' as const,
    metadata: {
      name: DATA_VOLUME,
      labels: commonLabels({ name, namespace }, APPLICATION),
    },
    spec: {
      accessModes: ['ReadWriteOnce' as const],
      storageClassName: storage.className,
      resources: { requests: { storage: storage.size } },
    },
  };
}
