/** Annotation of a Namespace: what of its database is imitated. */
export const SIMULATED_ANNOTATION = 'ringfence.dev/simulated';

const NOT_ENFORCED = 'Policies are kept but not enforced.';

/** What the sandbox as a whole imitates. */
export const SANDBOX_SIMULATED = `Sandbox: Kubernetes, cert-manager and Istio are imitated in memory; certificates and TLS at the gateway are real. ${NOT_ENFORCED}`;

/** What is imitated around a real ring. @param ring - such as `the Cassandra ring (standing in for ScyllaDB)` */
export function ringSimulated(ring: string): string {
  return `Sandbox: Kubernetes, cert-manager and Istio are imitated in memory; certificates, TLS at the gateway and ${ring} are real. ${NOT_ENFORCED}`;
}

/** A real ring, by what runs and what was asked for. */
export function describeRing(
  asked: {
    readonly product: 'scylladb' | 'cassandra' | 'ignite';
    readonly version: string;
  },
  runs: { readonly version: string },
): string {
  if (asked.product === 'scylladb')
    return 'the Cassandra ring (standing in for ScyllaDB)';
  return asked.version === runs.version
    ? 'the Cassandra ring'
    : `the Cassandra ring (${runs.version}, standing in for ${asked.version})`;
}

/** What is imitated where the database itself is a stub. */
export function stubSimulated(why: string): string {
  return `Sandbox: Kubernetes, cert-manager, Istio and the database are imitated in memory; certificates and TLS at the gateway are real. The database is a stub that answers logins and system tables and stores nothing: ${why}. ${NOT_ENFORCED}`;
}
