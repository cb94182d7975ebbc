import { DATABASE_LABEL } from '@ringfence/backstage-plugin-ringfence-common';
import {
  authoritiesOf,
  containerResources,
  encryptionOptions,
  names,
  storeMounts,
  storeVolumes,
  toManifest,
  toMebibytes,
  type Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { metadata } from './certificates';
import { CONTAINER } from './names';
import type { CassandraKeystoresSpec } from './spec';

/** Larger heaps need longer pointers, and hold less for it. */
const LARGEST_HEAP_MEBIBYTES = 31 * 1024;

/** cass-operator's kind of a ring. */
export const DATACENTER_API = {
  apiVersion: 'cassandra.datastax.com/v1beta1',
  kind: 'CassandraDatacenter',
} as const;

/**
 * The ring, as cass-operator takes it. It has no secret in it: the superuser is
 * a Secret by name, and stores in PEM need no password.
 */
export function datacenterManifest(spec: CassandraKeystoresSpec): Manifest {
  const { version, replicas, profile, storage } = spec;
  return toManifest({
    ...DATACENTER_API,
    metadata: {
      ...metadata(spec, names.ring(spec)),
      annotations: {
        // With its finalizer the operator deletes the volumes with this object,
        // also those that are to be kept.
        'cassandra.datastax.com/no-finalizer': 'true',
      },
    },
    spec: {
      clusterName: spec.name,
      serverType: 'cassandra',
      serverVersion: version,
      size: replicas,
      superuserSecretName: names.superuserSecret(spec),
      // Otherwise each node of the ring asks for a node of Kubernetes of its own.
      allowMultipleNodesPerWorker: profile === 'dev',
      // The operator's own label says who manages what it makes; this one whose it is.
      additionalLabels: { [DATABASE_LABEL]: spec.name },
      resources: containerResources(spec),
      managementApiAuth: { insecure: {} },
      storageConfig: {
        cassandraDataVolumeClaimSpec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: storage.className,
          resources: { requests: { storage: storage.size } },
        },
      },
      podTemplateSpec: podTemplate(spec),
      config: config(spec),
    },
  });
}

/** On pods: which CAs they were started with. */
export const STORES_ANNOTATION = 'ringfence.dev/stores';

/** Which CAs nodes trust and which one signed what they show, by number. */
export function authoritiesText(spec: CassandraKeystoresSpec): string {
  const { signing, trusted } = authoritiesOf(spec);
  return `trusts ${trusted.join(', ')}; shows ${signing}`;
}

function podTemplate(spec: CassandraKeystoresSpec) {
  return {
    metadata: {
      // Rolls the nodes at each step of a rotation. A leaf that is renewed is
      // read while they run, and changes nothing here.
      annotations: { [STORES_ANNOTATION]: authoritiesText(spec) },
    },
    spec: {
      containers: [{ name: CONTAINER, volumeMounts: storeMounts(spec) }],
      volumes: storeVolumes(spec),
    },
  };
}

/** Laid over the image's own files; what is not here stays as that version has it. */
function config(spec: CassandraKeystoresSpec) {
  const heap = `${Math.min(
    Math.floor(toMebibytes(spec.resources.memory) / 2),
    LARGEST_HEAP_MEBIBYTES,
  )}M`;
  return {
    'cassandra-yaml': {
      authenticator: 'PasswordAuthenticator',
      authorizer: 'CassandraAuthorizer',
      role_manager: 'CassandraRoleManager',
      num_tokens: 16,
      ...encryptionOptions(spec),
    },
    'jvm-server-options': { initial_heap_size: heap, max_heap_size: heap },
  };
}
