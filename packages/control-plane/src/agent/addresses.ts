import { AddressPool } from '@ringfence/sandbox/controllers';

/** Pods whose addresses kwok gives out, by node: apart from each other and from ours. */
export const nodePodCidr = (ordinal: number) => `10.0.${ordinal + 1}.0/24`;

const OURS = '10.0.100';

/** Addresses of database pods and gateways. They are on this machine: see `scripts/lib/namespace.mjs`. */
export function createAddressPool(): AddressPool {
  return new AddressPool({
    cidr: `${OURS}.0/24`,
    address: index => `${OURS}.${index}`,
    release: async () => {},
  });
}
