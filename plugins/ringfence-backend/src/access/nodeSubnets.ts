import { isIP } from 'node:net';

/**
 * How much of an address names the network. A pod gets another address
 * whenever it is made again, so single addresses would be out of date soon;
 * Kubernetes gives pods out of one range, and these are wide enough to hold
 * where a pod may come up next. Too wide harms nobody: clients send what is
 * in these blocks to the gateway, where everything has to go anyway.
 */
const IPV4_PREFIX_BITS = 16;
const IPV6_PREFIX_BITS = 48;

/** CIDR blocks that hold these addresses, each once and sorted; what is no address is left out. */
export function nodeSubnets(addresses: readonly string[]): string[] {
  const subnets = addresses.flatMap(address => {
    switch (isIP(address)) {
      case 4:
        return [ipv4Subnet(address)];
      case 6:
        return [ipv6Subnet(address)];
      default:
        return [];
    }
  });
  return [...new Set(subnets)].sort();
}

function ipv4Subnet(address: string): string {
  const [first, second] = address.split('.');
  return `${first}.${second}.0.0/${IPV4_PREFIX_BITS}`;
}

function ipv6Subnet(address: string): string {
  const [head, tail] = address.split('::');
  const groups = head ? head.split(':') : [];
  const rest = tail ? tail.split(':') : [];
  // "::" stands for as many zero groups as are missing of the eight.
  const zeros = Array(8 - groups.length - rest.length).fill('0');
  const all = address.includes('::') ? [...groups, ...zeros, ...rest] : groups;
  const prefix = all
    .slice(0, 3)
    .map(group => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/${IPV6_PREFIX_BITS}`;
}
