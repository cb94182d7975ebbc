import type { Peer } from '@ringfence/backstage-plugin-ringfence-common';
import type { TrafficSample } from '@ringfence/backstage-plugin-ringfence-node';

/** Who talks to a database by the mesh's telemetry: plaintext first, then by traffic. */
export function peers(samples: readonly TrafficSample[]): Peer[] {
  const byPeer = new Map<string, TrafficSample[]>();
  for (const sample of samples) {
    const key = JSON.stringify(identityOf(sample));
    byPeer.set(key, [...(byPeer.get(key) ?? []), sample]);
  }
  return [...byPeer.values()]
    .map(list => ({
      ...identityOf(list[0]),
      connections: total(list, 'connectionsOpened'),
      receivedBytes: total(list, 'receivedBytes'),
    }))
    .sort(
      (a, b) =>
        Number(a.encrypted) - Number(b.encrypted) ||
        b.receivedBytes - a.receivedBytes ||
        b.connections - a.connections,
    );
}

function identityOf(sample: TrafficSample) {
  return {
    workload: sample.sourceWorkload,
    namespace: sample.sourceNamespace,
    principal: sample.sourcePrincipal,
    encrypted: sample.securityPolicy === 'mutual_tls',
    refused: sample.refused !== undefined,
  };
}

/** One connection inside the mesh is counted at both of its ends: the larger count stands. */
function total(
  samples: readonly TrafficSample[],
  field: 'connectionsOpened' | 'receivedBytes',
): number {
  const at = (reporter: TrafficSample['reporter']) =>
    samples
      .filter(sample => sample.reporter === reporter)
      .reduce((sum, sample) => sum + sample[field], 0);
  return Math.max(at('source'), at('destination'));
}
