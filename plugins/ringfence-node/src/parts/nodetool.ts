import type { RingNode } from '../facts';

/**
 * Reads what `nodetool status` prints, of Cassandra and of ScyllaDB.
 *
 * ```text
 * Datacenter: datacenter1
 * --  Address    Load        Tokens  Owns (effective)  Host ID      Rack
 * UN  127.0.0.1  114.69 KiB  16      100.0%            38a64886-... rack1
 * ```
 */
export function parseNodetoolStatus(text: string): RingNode[] {
  const nodes: RingNode[] = [];
  let datacenter = '';
  for (const line of text.split('\n')) {
    const heading = /^Datacenter:\s*(\S+)/.exec(line);
    if (heading) datacenter = heading[1];
    const node = parseLine(line, datacenter);
    if (node) nodes.push(node);
  }
  return nodes;
}

// "?" stands for a state or load that the asked node does not know.
const NODE_LINE =
  /^([UD?][NLJM?])\s+(\S+)\s+(\?|[\d.,]+ \S+)\s+\S+\s+\S+\s+([0-9a-fA-F-]{36}|null)\s+(\S+)\s*$/;

function parseLine(line: string, datacenter: string): RingNode | undefined {
  const match = NODE_LINE.exec(line);
  if (!match) return undefined;
  const [, state, address, load, hostId, rack] = match;
  return {
    address,
    state,
    datacenter,
    rack,
    ...(hostId !== 'null' && { hostId }),
    ...(load !== '?' && { load }),
  };
}

/** Up and Normal: the one state of a node that takes its part. */
export const UP_AND_NORMAL = 'UN';

/**
 * Another command of nodetool, run as `nodetool status` is run in the same pod:
 * with whatever options it needs where JMX is encrypted.
 *
 * @param ringCommand - of an ObservationRecipe
 */
export function nodetoolLike(
  ringCommand: readonly string[],
  ...command: readonly string[]
): string[] {
  return [...ringCommand.slice(0, -1), ...command];
}
