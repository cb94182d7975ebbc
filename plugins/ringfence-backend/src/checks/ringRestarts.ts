import type {
  Check,
  CheckResult,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import type { ContainerStatus } from './sidecars';
import { count, durationText, list } from './words';

/** How long a restart is news. */
const LATELY_MS = 60 * 60_000;
/** One restart may be anything; from this many on there is something to find. */
const OFTEN = 3;

/** Whether the pods' containers keep running. */
export const ringRestarts: Check = {
  id: 'ring.restarts',
  title: 'The pods keep running',
  category: 'ring',
  reasons: {
    Steady:
      'No container has restarted three times or more within the last hour.',
    CrashLoop:
      'A container ends again and again as soon as it starts (CrashLoopBackOff).',
    OutOfMemory:
      'A container was ended within the last hour since it took more memory than its limit.',
    RestartsOften:
      'A container has restarted three times or more, the last time within the last hour.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts, now) {
    if (!facts.pods.known) return notLooked("The database's pods", facts.pods);
    const runs = facts.pods.value.flatMap(pod => runsOf(pod, now));
    return seenAt(judge(facts, runs), facts.pods);
  },
};

/** A container of a pod, and how its last run ended. */
interface Run {
  readonly pod: string;
  readonly container: string;
  readonly restarts: number;
  readonly waiting?: string;
  readonly ended?: { readonly why: string; readonly agoMs: number };
}

function runsOf({ metadata, status }: KubernetesObject, now: Date): Run[] {
  const statuses: readonly ContainerStatus[] = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ];
  return statuses.map(({ name, restartCount = 0, state, lastState }) => {
    const last = lastState?.terminated;
    const endedAt = Date.parse(last?.finishedAt ?? '');
    return {
      pod: metadata.name,
      container: name,
      restarts: restartCount,
      waiting: state?.waiting?.reason,
      ...(last &&
        !Number.isNaN(endedAt) && {
          ended: {
            why: last.reason ?? `exit code ${last.exitCode ?? 'not known'}`,
            agoMs: Math.max(0, now.getTime() - endedAt),
          },
        }),
    };
  });
}

function judge(facts: Facts, runs: readonly Run[]): CheckResult {
  const crashing = runs.filter(({ waiting }) => waiting === 'CrashLoopBackOff');
  const lately = runs.filter(({ ended }) => ended && ended.agoMs < LATELY_MS);
  const killed = lately.filter(({ ended }) => ended?.why === 'OOMKilled');
  const often = lately.filter(({ restarts }) => restarts >= OFTEN);
  const restarted = runs.filter(({ restarts }) => restarts > 0);
  const evidence = { restarts: restarted.map(runText) };
  if (crashing.length > 0) {
    return failing(
      'CrashLoop',
      `${list(crashing.map(nameOf))} ends as soon as it starts`,
      evidence,
      logsOf(facts, crashing[0], 'Read what it said before it ended.'),
    );
  }
  if (killed.length > 0) {
    return warning(
      'OutOfMemory',
      `${list(
        killed.map(nameOf),
      )} took more memory than its limit and was ended`,
      evidence,
      {
        text: 'Give it more memory in the spec and provision again.',
        command: `kubectl describe pod ${killed[0].pod} -n ${facts.database.namespace}`,
      },
    );
  }
  if (often.length > 0) {
    return warning(
      'RestartsOften',
      `${list(often.map(nameOf))} restarts again and again`,
      evidence,
      logsOf(facts, often[0], 'Read what it said before it ended.'),
    );
  }
  return ok(
    'Steady',
    restarted.length === 0
      ? 'No container has restarted'
      : `No container restarts often; ${count(
          restarted.reduce((sum, { restarts }) => sum + restarts, 0),
          'restart',
        )} so far`,
    evidence,
  );
}

function nameOf({ pod, container }: Run): string {
  return `${container} in ${pod}`;
}

function runText(run: Run): string {
  const last = run.ended
    ? `, last ${durationText(run.ended.agoMs)} ago: ${run.ended.why}`
    : '';
  return `${nameOf(run)}: ${count(run.restarts, 'restart')}${last}`;
}

function logsOf(facts: Facts, { pod, container }: Run, text: string) {
  return {
    text,
    command: `kubectl logs ${pod} -n ${facts.database.namespace} -c ${container} --previous`,
  };
}
