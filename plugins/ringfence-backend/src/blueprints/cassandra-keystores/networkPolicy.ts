import {
  names,
  toManifest,
  type INetworkPolicy,
  type Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { metadata, reaperNames } from './certificates';
import { nodeLabels, PORTS } from './names';
import type { CassandraKeystoresSpec } from './spec';

type Ingress = NonNullable<
  NonNullable<INetworkPolicy['spec']>['ingress']
>[number];
type Peer = NonNullable<Ingress['from']>[number];

/** Labels of Reaper's pod. */
export function reaperLabels(spec: CassandraKeystoresSpec) {
  return {
    'app.kubernetes.io/name': 'reaper',
    'app.kubernetes.io/instance': spec.name,
    'app.kubernetes.io/component': 'repair',
  };
}

/**
 * Which packets reach the nodes. The kubelet comes from the pod's own node of
 * Kubernetes, which is always let in, and so does a port-forward.
 */
export function nodePolicy(spec: CassandraKeystoresSpec): Manifest {
  const ring: Peer = { podSelector: { matchLabels: nodeLabels(spec) } };
  const reaper: Peer[] = spec.reaper.enabled
    ? [{ podSelector: { matchLabels: reaperLabels(spec) } }]
    : [];
  const { clients } = spec.access;
  const policy: INetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, names.ring(spec)),
    spec: {
      podSelector: { matchLabels: nodeLabels(spec) },
      policyTypes: ['Ingress'],
      ingress: [
        ingress([ring, ...reaper, ...clients.map(fromNamespace)], [PORTS.cql]),
        ingress([ring], [PORTS.storage, PORTS.storageTls]),
        // The API takes no login: only who must may reach it.
        ingress(
          [fromNamespace(spec.operator), ...reaper],
          [PORTS.managementApi],
        ),
        ...(spec.monitoring.namespace
          ? [
              ingress(
                [fromNamespace({ namespace: spec.monitoring.namespace })],
                [PORTS.metrics],
              ),
            ]
          : []),
      ],
    },
  };
  return toManifest(policy);
}

/** Nobody dials Reaper but through the API server. */
export function reaperPolicy(spec: CassandraKeystoresSpec): Manifest {
  const policy: INetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, reaperNames.deployment(spec)),
    spec: {
      podSelector: { matchLabels: reaperLabels(spec) },
      policyTypes: ['Ingress'],
      ingress: [],
    },
  };
  return toManifest(policy);
}

function ingress(from: Peer[], ports: readonly number[]): Ingress {
  return {
    from,
    ports: ports.map(port => ({ protocol: 'TCP' as const, port })),
  };
}

function fromNamespace({ namespace }: { namespace: string }): Peer {
  return {
    namespaceSelector: {
      matchLabels: { 'kubernetes.io/metadata.name': namespace },
    },
  };
}
