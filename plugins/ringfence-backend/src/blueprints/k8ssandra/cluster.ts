import { DATABASE_LABEL } from '@ringfence/backstage-plugin-ringfence-common';
import {
  authoritiesOf,
  containerResources,
  names,
  toManifest,
  toMebibytes,
  type Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { metadata } from './certificates';
import { medusaTemplate } from './medusa';
import { CONTAINER, OPERATOR_KINDS } from './names';
import type { DatacenterSpec } from './schemas';
import type { K8ssandraSpec } from './spec';
import { encryptionStores, nodetoolMounts, nodetoolVolumes } from './stores';

/** Larger heaps need longer pointers, and hold less for it. */
const LARGEST_HEAP_MEBIBYTES = 31 * 1024;

const PROTOCOLS = ['TLSv1.3', 'TLSv1.2'];

/** On pods: which CAs they were started with. */
export const STORES_ANNOTATION = 'ringfence.dev/stores';

/** Which CAs nodes trust and which one signed what they show, by number. */
export function authoritiesText(spec: K8ssandraSpec): string {
  const { signing, trusted } = authoritiesOf(spec);
  return `trusts ${trusted.join(', ')}; shows ${signing}`;
}

/**
 * The ring, as k8ssandra-operator takes it. It has no secret in it: logins,
 * stores and their passwords are Secrets by name.
 */
export function clusterManifest(spec: K8ssandraSpec): Manifest {
  return toManifest({
    ...OPERATOR_KINDS.cluster,
    metadata: metadata(spec, names.ring(spec)),
    spec: {
      auth: true,
      cassandra: cassandra(spec),
      reaper: reaperTemplate(spec),
      medusa: medusaTemplate(spec),
    },
  });
}

function cassandra(spec: K8ssandraSpec) {
  const { tls, storage, profile, version } = spec;
  const volumes = nodetoolVolumes(spec);
  return {
    serverType: 'cassandra',
    serverVersion: version,
    superuserSecretRef: { name: names.superuserSecret(spec) },
    // Otherwise each node of the ring asks for a node of Kubernetes of its own.
    softPodAntiAffinity: profile === 'dev',
    managementApiAuth: { insecure: {} },
    resources: containerResources(spec),
    storageConfig: {
      cassandraDataVolumeClaimSpec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: storage.className,
        resources: { requests: { storage: storage.size } },
      },
    },
    metadata: {
      pods: {
        // The operators' own labels say who manages what they make; this one whose it is.
        labels: { [DATABASE_LABEL]: spec.name },
        // Has the operators restart the nodes one by one, at each step of a rotation.
        annotations: { [STORES_ANNOTATION]: authoritiesText(spec) },
      },
    },
    ...(tls.client.enabled && {
      clientEncryptionStores: encryptionStores(spec, 'client'),
    }),
    ...(tls.internode.enabled && {
      serverEncryptionStores: encryptionStores(spec, 'internode'),
    }),
    config: {
      cassandraYaml: { num_tokens: 16, ...encryptionOptions(spec) },
      jvmOptions: heap(spec),
    },
    ...(volumes.length > 0 && {
      extraVolumes: { volumes },
      containers: [{ name: CONTAINER, volumeMounts: nodetoolMounts(spec) }],
    }),
    datacenters: spec.datacenters.map(datacenterTemplate),
  };
}

function heap({ resources }: K8ssandraSpec) {
  const half = Math.floor(toMebibytes(resources.memory) / 2);
  const size = `${Math.min(half, LARGEST_HEAP_MEBIBYTES)}M`;
  return { heap_initial_size: size, heap_max_size: size };
}

/** Both sides' options of cassandra.yaml; the operator adds where its stores are. */
export function encryptionOptions({ tls }: Pick<K8ssandraSpec, 'tls'>): {
  readonly client_encryption_options: Readonly<Record<string, unknown>>;
  readonly server_encryption_options: Readonly<Record<string, unknown>>;
} {
  const mutual = {
    optional: false,
    require_client_auth: true,
    accepted_protocols: PROTOCOLS,
  };
  return {
    client_encryption_options: tls.client.enabled
      ? { enabled: true, ...mutual }
      : { enabled: false },
    server_encryption_options: tls.internode.enabled
      ? {
          internode_encryption: 'all',
          // Nodes share one certificate, which cannot name the address of each.
          require_endpoint_verification: false,
          ...mutual,
        }
      : { internode_encryption: 'none' },
  };
}

function datacenterTemplate(datacenter: DatacenterSpec) {
  const { name, replicas, k8sContext, racks } = datacenter;
  return {
    metadata: {
      name,
      annotations: {
        // With its finalizer cass-operator deletes the volumes with the
        // datacenter, also those that are to be kept.
        'cassandra.datastax.com/no-finalizer': 'true',
      },
    },
    k8sContext,
    size: replicas,
    racks: racks?.map(rack => ({
      name: rack.name,
      ...(rack.zone && {
        nodeAffinityLabels: { 'topology.kubernetes.io/zone': rack.zone },
      }),
    })),
  };
}

/** Reaper shows the nodes' own stores of clients, which the operator mounts for it. */
function reaperTemplate({ reaper }: K8ssandraSpec) {
  if (!reaper.enabled) return undefined;
  const { deploymentMode, controlPlane, schedules } = reaper;
  return {
    deploymentMode,
    // The nodes' management API, as the operators speak to it; JMX stays inside the pods.
    httpManagement: { enabled: true },
    autoScheduling: {
      enabled: schedules.enabled,
      excludedKeyspaces: [...schedules.excludedKeyspaces],
    },
    ...(controlPlane && { reaperRef: controlPlane }),
  };
}
