import type { NodeName } from '../blueprint';
import { names, type Named } from './names';
import type { AccessSpec } from './spec';

/** What says whether nodes have names of their own, and which. */
export type NamedNodes = Named & {
  /** How many nodes; absent: it cannot have names for them. */
  readonly replicas?: number;
  readonly access: Pick<AccessSpec, 'hostname'> &
    Partial<Pick<AccessSpec, 'routing'>>;
};

/** The name of each node below the stable host name, such as `orders-0.orders.example.com`; none where the gateway picks nodes. */
export function nodeNames(spec: NamedNodes): NodeName[] {
  const { hostname, routing } = spec.access;
  if (routing !== 'per-node' || !hostname) return [];
  return Array.from({ length: spec.replicas ?? 0 }, (_, ordinal) => {
    const name = names.pod(spec, ordinal);
    return { name, serverName: `${name}.${hostname}` };
  });
}
