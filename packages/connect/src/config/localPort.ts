import type { Connection } from '@ringfence/connection';

/** Where clients of each protocol look for a database of this machine. */
const LOCAL_PORTS: Readonly<Record<Connection['protocol'], number>> = {
  cql: 9042,
  ignite: 10800,
};

/** The port to listen on unless another is asked for: that of the protocol. */
export function defaultLocalPort({
  protocol,
}: Pick<Connection, 'protocol'>): number {
  return LOCAL_PORTS[protocol];
}
