import type {
  KubernetesObject,
  LogMark,
  SeenLogMark,
} from '@ringfence/backstage-plugin-ringfence-node';
import { podsToAsk, type ProbeContext } from './Probe';

/** A node that is stuck says so again and again; one that is not may write a lot. */
const TAIL_LINES = 2_000;

/**
 * Looks for known lines in the last of what the nodes have written. Nothing of
 * a line is kept but its name: what else is in it may be anybody's data.
 *
 * @throws Error where no log can be read
 */
export async function probeLogMarks(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<SeenLogMark[]> {
  const { logMarks = [] } = context.observation;
  const found = await Promise.all(
    podsToAsk(context).map(async pod => {
      const lines = await readLines(context, pod, signal);
      return lines && marksOf(pod.metadata.name, lines, logMarks);
    }),
  );
  const read = found.filter(marks => marks !== undefined);
  // That nothing is amiss cannot be said where nothing was read.
  if (read.length === 0) throw new Error('no node has begun to write a log');
  return read.flat();
}

function marksOf(
  pod: string,
  lines: readonly string[],
  marks: readonly LogMark[],
): SeenLogMark[] {
  return marksIn(lines, marks).map(name => ({ name, pod }));
}

/**
 * Of a container that has just been started again, why it ended is in what ran before.
 *
 * @returns undefined where the container has not begun
 */
async function readLines(
  { kubernetes, observation, namespace }: ProbeContext,
  { metadata, status }: KubernetesObject,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  const { logs } = kubernetes;
  if (!logs) throw new Error('this Kubernetes cluster keeps no logs');
  const { container } = observation;
  const ref = { namespace, pod: metadata.name, container };
  const found = (status?.containerStatuses ?? []).find(
    ({ name }: { name: string }) => name === container,
  );
  if (!found?.state?.running && !found?.lastState?.terminated) {
    return undefined;
  }
  const read = (previous: boolean) =>
    logs(ref, { tailLines: TAIL_LINES, previous, signal });
  const isAgain = found.lastState?.terminated && !found.ready;
  const texts = [
    ...(isAgain ? [await read(true)] : []),
    ...(found.state?.running ? [await read(false)] : []),
  ];
  return texts.flatMap(text => text.split('\n'));
}

/** Names of the marks that the lines show and that no later line says to be over. */
export function marksIn(
  lines: readonly string[],
  marks: readonly LogMark[],
): string[] {
  return marks
    .filter(({ line, endedBy }) => {
      const begun = findLast(lines, line);
      if (begun === -1) return false;
      return endedBy === undefined || findLast(lines, endedBy) < begun;
    })
    .map(({ name }) => name);
}

function findLast(lines: readonly string[], source: string): number {
  const pattern = new RegExp(source);
  return lines.findLastIndex(line => pattern.test(line));
}
