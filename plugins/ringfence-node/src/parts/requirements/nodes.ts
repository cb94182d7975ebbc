import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import { met, note, unmet } from './answers';

/** Each pod of the ring finds a node of its own; nodes may still be added while it waits. */
export function noteNodes(replicas: number, platform: Platform): Requirement {
  const ready = platform.nodes.filter(node => node.ready).length;
  return note(
    'Nodes',
    ready >= replicas
      ? met(`${ready} nodes for ${replicas} replicas`)
      : unmet(
          `${replicas} replicas on ${ready} ready nodes: some share a node and are lost together, or wait for one`,
          'Add nodes, or ask for fewer replicas',
          'kubectl get nodes',
        ),
    'replicas',
  );
}
