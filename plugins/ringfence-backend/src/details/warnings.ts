import type { WarningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** More than these nobody reads. */
const MAX_WARNINGS = 50;

/** Events of type Warning, latest first; both forms of the API are read. */
export function warningEvents(
  events: readonly KubernetesObject[],
): WarningEvent[] {
  return events
    .map(event => ({
      at: timeOf(event),
      reason: String(event.reason ?? ''),
      object: objectOf(event),
      message: String(event.message ?? event.note ?? ''),
      count: Number(
        event.series?.count ?? event.count ?? event.deprecatedCount ?? 1,
      ),
    }))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .slice(0, MAX_WARNINGS);
}

function timeOf(event: KubernetesObject): string {
  return (
    event.series?.lastObservedTime ??
    event.lastTimestamp ??
    event.deprecatedLastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp ??
    new Date(0).toISOString()
  );
}

function objectOf(event: KubernetesObject): string {
  const { kind, name } = event.involvedObject ?? event.regarding ?? {};
  return [kind, name].filter(Boolean).join(' ');
}
