import type {
  Check,
  CheckResult,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from './results';
import { count } from './words';

/** More than this many times the data of another node is not even any more. */
const UNEVEN_RATIO = 3;
/** Below that a node has so little that a single table decides. */
const LEAST_BYTES = 1024 ** 3;

const UNITS: Readonly<Record<string, number>> = {
  bytes: 1,
  B: 1,
  KB: 1024,
  KiB: 1024,
  MB: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1024 ** 3,
  GiB: 1024 ** 3,
  TB: 1024 ** 4,
  TiB: 1024 ** 4,
};

/** Whether the nodes share the data evenly. */
export const ringLoad: Check = {
  id: 'ring.load',
  title: 'The nodes share the data evenly',
  category: 'ring',
  reasons: {
    Even: 'No node holds more than three times the data of another, or all hold little.',
    Uneven:
      'A node holds more than three times the data of another: a node that joined late, a partition that is too large, or a clean-up that was never run.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (!facts.observation.ringCommand) return [];
    if (!facts.ring.known)
      return notLooked("The ring's own view of its nodes", facts.ring);
    const loads = facts.ring.value.flatMap(loadOf);
    // A node that starts does not tell its load yet, nor does every version.
    if (loads.length < 2) return [];
    return seenAt(
      judge(loads, facts.database.namespace, facts.observation.statefulSet),
      facts.ring,
    );
  },
};

interface Load {
  readonly address: string;
  readonly text: string;
  readonly bytes: number;
}

/** "114.69 KiB", in some languages "114,69 KiB". */
function loadOf({ address, load }: RingNode): Load[] {
  const match = /^([\d.,]+)\s*(\w+)$/.exec(load?.trim() ?? '');
  const unit = match ? UNITS[match[2]] : undefined;
  const number = Number(match?.[1].replace(',', '.'));
  if (!load || unit === undefined || Number.isNaN(number)) return [];
  return [{ address, text: load, bytes: number * unit }];
}

function judge(
  loads: readonly Load[],
  namespace: string,
  statefulSet: string,
): CheckResult {
  const sorted = [...loads].sort((a, b) => a.bytes - b.bytes);
  const least = sorted[0];
  const most = sorted[sorted.length - 1];
  const evidence = {
    load: loads.map(({ address, text }) => `${address} ${text}`),
  };
  const uneven =
    most.bytes >= LEAST_BYTES && most.bytes > least.bytes * UNEVEN_RATIO;
  if (uneven) {
    return warning(
      'Uneven',
      `${most.address} holds ${most.text}, ${least.address} only ${least.text}`,
      evidence,
      {
        text: 'Run nodetool cleanup on the fuller nodes if one joined; else look for large partitions.',
        command: `kubectl exec -n ${namespace} ${statefulSet}-0 -- nodetool cleanup`,
      },
    );
  }
  return ok(
    'Even',
    `${count(loads.length, 'node')} with at most ${most.text} each`,
    evidence,
  );
}
