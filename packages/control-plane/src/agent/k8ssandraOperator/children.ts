import { randomBytes } from 'node:crypto';
import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import {
  CLUSTERS,
  componentLabels,
  DATACENTER_LABEL,
  metricsConfigName,
  replicatedLabels,
  type Ring,
} from './ring';

/** Names of the Secrets with logins that the operator makes. */
export function loginSecrets(ring: Ring): string[] {
  return [
    ...(ring.makesSuperuser ? [ring.superuserSecret] : []),
    ...(ring.hasReaper
      ? [`${ring.name}-reaper`, `${ring.name}-reaper-ui`]
      : []),
  ];
}

/** A login with a password of its own; the username is the Secret's name. */
export function loginSecretManifest(ring: Ring, name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: owned(ring, { name, labels: replicatedLabels(ring) }),
    type: 'Opaque',
    data: {
      username: encode(name),
      password: encode(randomBytes(15).toString('hex')),
    },
  };
}

/** Leads to the nodes of a datacenter: its endpoints are the operator's to write. */
export function contactPointsManifest(
  ring: Ring,
  datacenter: string,
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: owned(ring, {
      name: `${ring.name}-${datacenter}-contact-points-service`,
      labels: { ...componentLabels(ring), [DATACENTER_LABEL]: datacenter },
    }),
    spec: { clusterIP: 'None', type: 'ClusterIP' },
  };
}

/** Mounted by every node; which metrics are collected is of no concern here. */
export function metricsConfigManifest(
  ring: Ring,
  datacenter: string,
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: owned(ring, {
      name: metricsConfigName(ring, datacenter),
      labels: componentLabels(ring),
    }),
    data: { 'metrics-collector.yaml': 'relabels: []\n' },
  };
}

function owned(
  { object, namespace, name }: Ring,
  own: { readonly name: string; readonly labels: Record<string, string> },
): Manifest['metadata'] {
  return {
    ...own,
    namespace,
    ownerReferences: [
      {
        ...CLUSTERS,
        controller: true,
        name,
        uid: object.metadata.uid!,
      },
    ],
  };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
