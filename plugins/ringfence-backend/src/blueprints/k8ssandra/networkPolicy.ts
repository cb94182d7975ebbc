import {
  names,
  toManifest,
  type INetworkPolicy,
  type Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { metadata } from './certificates';
import { nodeLabels, PORTS, remoteContexts } from './names';
import type { K8ssandraSpec } from './spec';

type Ingress = NonNullable<
  NonNullable<INetworkPolicy['spec']>['ingress']
>[number];
type Peer = NonNullable<Ingress['from']>[number];

/** On pods of Reaper that the operator makes. */
const REAPER_LABEL = 'k8ssandra.io/reaper';

/**
 * Which packets reach the nodes. The kubelet comes from the pod's own node of
 * Kubernetes, which is always let in, and so does a port-forward.
 */
export function nodePolicy(spec: K8ssandraSpec): Manifest {
  const ring: Peer = { podSelector: { matchLabels: nodeLabels(spec) } };
  const reaper = reaperPeers(spec);
  const operator = fromNamespace(spec.operator);
  const policy: INetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(spec, names.ring(spec)),
    spec: {
      podSelector: { matchLabels: nodeLabels(spec) },
      policyTypes: ['Ingress'],
      ingress: [
        ingress(
          [ring, ...reaper, ...spec.access.clients.map(fromNamespace)],
          [PORTS.cql],
        ),
        storageIngress(spec, ring),
        // The API takes no login: only who must may reach it.
        ingress([operator, ...reaper], [PORTS.managementApi]),
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

/** Nodes of other Kubernetes clusters have no labels here: their certificates alone tell them from others. */
function storageIngress(spec: K8ssandraSpec, ring: Peer): Ingress {
  const ports = tcp([PORTS.storage, PORTS.storageTls]);
  return remoteContexts(spec).length > 0 ? { ports } : { from: [ring], ports };
}

function reaperPeers({ reaper }: K8ssandraSpec): Peer[] {
  if (!reaper.enabled) return [];
  if (reaper.controlPlane) return [fromNamespace(reaper.controlPlane)];
  const matchExpressions = [{ key: REAPER_LABEL, operator: 'Exists' as const }];
  return [{ podSelector: { matchExpressions } }];
}

function ingress(from: Peer[], ports: readonly number[]): Ingress {
  return { from, ports: tcp(ports) };
}

function tcp(ports: readonly number[]) {
  return ports.map(port => ({ protocol: 'TCP' as const, port }));
}

function fromNamespace({ namespace }: { namespace: string }): Peer {
  return {
    namespaceSelector: {
      matchLabels: { 'kubernetes.io/metadata.name': namespace },
    },
  };
}
