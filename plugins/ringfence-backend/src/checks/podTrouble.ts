import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findCondition } from './objects';
import type { ContainerStatus } from './sidecars';

/** What a container waits for as long as all goes well. */
const USUAL = ['ContainerCreating', 'PodInitializing'];

/** Why a pod is not ready, in Kubernetes' own words; undefined where it says nothing of it. */
export function podTrouble(
  facts: Facts,
  pod: KubernetesObject,
): string | undefined {
  return notScheduled(pod) ?? notStarted(pod) ?? newestWarning(facts, pod);
}

function notScheduled(pod: KubernetesObject): string | undefined {
  const scheduled = findCondition(pod.status, 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return words(scheduled.reason, scheduled.message);
}

function notStarted({ status }: KubernetesObject): string | undefined {
  const statuses: readonly ContainerStatus[] = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ];
  const waiting = statuses
    .map(({ state }) => state?.waiting)
    .find(found => found?.reason && !USUAL.includes(found.reason));
  return waiting && words(waiting.reason, waiting.message);
}

/** Events go by their last time; newer kinds of Event have other fields for the same. */
function newestWarning(
  { warnings }: Facts,
  pod: KubernetesObject,
): string | undefined {
  if (!warnings.known) return undefined;
  const [newest] = warnings.value
    .filter(event => {
      const about = event.involvedObject ?? event.regarding;
      return about?.kind === 'Pod' && about.name === pod.metadata.name;
    })
    .filter(event => !isOver(event, pod))
    .sort((a, b) => lastSeen(b).localeCompare(lastSeen(a)));
  return newest && words(newest.reason, newest.message ?? newest.note);
}

/** What kept a pod from a node says nothing any more once it has one, nor what befell its predecessor of the same name. */
function isOver(
  event: KubernetesObject,
  { metadata, status }: KubernetesObject,
): boolean {
  const seen = Date.parse(lastSeen(event));
  const isBefore = (time: string | undefined) =>
    time !== undefined && seen < Date.parse(time);
  if (isBefore(metadata.creationTimestamp)) return true;
  if (event.reason !== 'FailedScheduling') return false;
  return findCondition(status, 'PodScheduled')?.status === 'True';
}

function lastSeen(event: KubernetesObject): string {
  return String(
    event.lastTimestamp ??
      event.series?.lastObservedTime ??
      event.eventTime ??
      event.metadata.creationTimestamp ??
      '',
  );
}

function words(reason = 'NotReady', message?: string): string {
  return message ? `${reason}: ${message}` : reason;
}
