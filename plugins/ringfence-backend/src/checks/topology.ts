import type {
  Facts,
  KubernetesObject,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from './objects';

/** What the nodes form, in the words of the database. */
export function topologyOf({
  observation,
}: Pick<Facts, 'observation'>): 'ring' | 'cluster' {
  return observation.topology ?? 'ring';
}

/** Whether the database itself can be asked for its nodes. */
export function tellsNodes(facts: Pick<Facts, 'observation'>): boolean {
  return (
    facts.observation.ringCommand !== undefined ||
    topologyOf(facts) === 'cluster'
  );
}

/** Pods that are ready, yet no node of the topology that was asked: it stands alone, or has just stopped or started. */
export function readyOutside(
  ring: readonly RingNode[],
  pods: readonly KubernetesObject[],
): string[] {
  const members = ring
    .filter(({ state }) => state.startsWith('U'))
    .flatMap(({ hostId, address }) => [hostId, address]);
  return pods
    .filter(isPodReady)
    .filter(
      ({ metadata, status }) =>
        !members.includes(metadata.name) && !members.includes(status?.podIP),
    )
    .map(({ metadata }) => metadata.name);
}
