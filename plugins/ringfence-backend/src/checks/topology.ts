import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';

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
