import type { Connection } from '@ringfence/connection';

/** The variables in which a program finds a proxy; cqlsh reads its own two by itself. */
export function environmentOf(
  { host, port }: { readonly host: string; readonly port: number },
  { protocol, role, cql }: Connection,
): Record<string, string> {
  return {
    RINGFENCE_HOST: host,
    RINGFENCE_PORT: String(port),
    ...(role && { RINGFENCE_USERNAME: role }),
    ...(cql && { RINGFENCE_DATACENTER: cql.datacenter }),
    ...(protocol === 'cql' && {
      CQLSH_HOST: host,
      CQLSH_PORT: String(port),
    }),
  };
}
