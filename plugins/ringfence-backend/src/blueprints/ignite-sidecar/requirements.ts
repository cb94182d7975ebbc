import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import {
  gatedRequirements,
  isGated,
  note,
  noteNodes,
  notePodMonitors,
  requireHttpRoute,
  requireSidecarMesh,
  requireStorageClass,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { hasLogins, type IgniteSidecarSpec } from './spec';

/** What this blueprint needs, and what a person should know before it runs. */
export function igniteSidecarRequirements(
  spec: IgniteSidecarSpec,
  platform: Platform,
): Requirement[] {
  return [
    ...requireSidecarMesh(platform),
    ...gatedRequirements(spec, platform),
    ...(isGated(spec) ? [requireHttpRoute(platform)] : []),
    ...applicationNote(spec),
    ...(spec.persistence.enabled
      ? requireStorageClass(spec.storage, platform)
      : []),
    noteNodes(spec.replicas, platform),
    ...notePodMonitors(spec, platform),
    ...loginsNote(spec),
    ...lossNotes(spec),
  ];
}

/** Whether the other namespace lets the route in, only its owners can say. */
function applicationNote({
  name,
  namespace,
  access: { application },
}: IgniteSidecarSpec): Requirement[] {
  if (!application || application.namespace === namespace) return [];
  const grant = {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: `ringfence-${name}`, namespace: application.namespace },
    spec: {
      from: [
        { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace },
      ],
      to: [{ group: '', kind: 'Service', name: application.service }],
    },
  };
  const answer = {
    met: false,
    message: `Service "${application.namespace}/${application.service}" is in another namespace: a ReferenceGrant there must let the route lead to it, or provisioning ends waiting for it`,
    remedy: {
      text: 'Have the owners of that namespace apply it',
      command: `echo '${JSON.stringify(grant)}' | kubectl apply -f -`,
    },
  };
  return [note('Client application', answer, 'access.application')];
}

function loginsNote(spec: IgniteSidecarSpec): Requirement[] {
  if (hasLogins(spec)) return [];
  const answer = {
    met: false,
    message:
      'Without persistence Ignite has no logins: who has a certificate, or is a client inside the mesh, may do everything, and after a stop of all nodes no data is left',
    remedy: { text: 'Set persistence.enabled to true' },
  };
  return [note('Logins', answer, 'persistence.enabled')];
}

/** What the loss of one node takes along. */
function lossNotes({ caches, replicas }: IgniteSidecarSpec): Requirement[] {
  const single = caches.filter(({ backups }) => backups === 0);
  if (single.length === 0) return [];
  const list = single.map(({ name }) => `"${name}"`).join(', ');
  const answer = {
    met: false,
    message: `Of cache ${list} there is one copy: part of it is out of reach while a node is`,
    remedy: {
      text:
        replicas === 1
          ? 'Ask for 2 replicas or more, and for 1 backup or more'
          : 'Ask for 1 backup or more, or for mode REPLICATED',
    },
  };
  return [note('Backups', answer, 'caches')];
}
