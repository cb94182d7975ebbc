import type { RingNode } from '@ringfence/backstage-plugin-ringfence-node';

const HOST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Up or down (or `?` where gossip has not said), then normal, leaving, joining or moving. */
const NODE_LINE = /^([UD?][NLJM?])\s+(\S+)\s+(.*)$/;

/**
 * Reads what `nodetool status` prints, of Cassandra and of ScyllaDB. Columns
 * between address and host id differ from version to version, so a node is
 * known by its first two words and by what looks like a host id; the rack is
 * what follows that.
 */
export function parseNodetoolStatus(text: string): RingNode[] {
  const nodes: RingNode[] = [];
  let datacenter = '';
  for (const line of text.split(/\r?\n/)) {
    const heading = /^Datacenter:\s*(.+?)\s*$/.exec(line);
    if (heading) datacenter = heading[1];
    const node = NODE_LINE.exec(line.trim());
    if (node) nodes.push(readNode(node, datacenter));
  }
  return nodes;
}

function readNode(
  [, state, address, rest]: RegExpExecArray,
  datacenter: string,
): RingNode {
  const words = rest.trim().split(/\s+/);
  const at = words.findIndex(word => HOST_ID.test(word));
  const load = readLoad(words);
  return {
    address,
    state,
    datacenter,
    ...(at >= 0 && { hostId: words[at] }),
    ...(at >= 0 && words[at + 1] && { rack: words.slice(at + 1).join(' ') }),
    ...(load && { load }),
  };
}

/** "114.69 KiB" is two words; a node that has not said yet prints "?". */
function readLoad([amount, unit]: string[]): string | undefined {
  if (!/^[\d.]+$/.test(amount ?? '')) return undefined;
  return /^([KMGTP]i?)?B$|^bytes$/.test(unit ?? '')
    ? `${amount} ${unit}`
    : undefined;
}
