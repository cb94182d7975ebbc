import type {
  Check,
  CheckResult,
  Facts,
  LicenceFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from '../../../checks/results';
import { expiryText, list } from '../../../checks/words';
import { MARKS } from '../logMarks';
import { podsWith } from './marks';

/** Time enough to buy the next one. */
const SOON_MS = 30 * 24 * 60 * 60_000;

/** Whether nodes may start with GridGain's licence, today and for a while. */
export const licence: Check = {
  id: 'ring.licence',
  title: "GridGain's licence is valid",
  category: 'ring',
  reasons: {
    Valid: 'The licence is there and valid for more than 30 days.',
    ExpiresSoon:
      'The licence expires within 30 days: nodes that run go on, and none starts any more.',
    Expired: 'The licence has expired: no node starts any more.',
    Missing: 'There is no licence where the nodes look for it.',
    Malformed: 'What is there is no licence that GridGain could read.',
    TooFewNodes: 'The licence is for fewer nodes than there are.',
    LicenceRefused:
      'A node says that it does not start with this licence, such as one whose signature does not hold or that is for another edition.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts, now) {
    const { licence: found } = facts;
    if (!found) return unknown(NOT_LOOKED, 'Nobody has read the licence');
    if (!found.known) return notLooked("GridGain's licence", found);
    const refusing = podsWith(facts, MARKS.licenceRefused);
    const result =
      problemOf(facts, found.value, now) ??
      (refusing.length > 0
        ? refused(facts, refusing)
        : valid(facts, found.value, now));
    return seenAt(result, found);
  },
};

function where({ database, observation }: Facts): string {
  return `Secret "${database.namespace}/${observation.licence?.secret}"`;
}

/** By server-side apply: any other keeps a copy of the licence in an annotation. */
function remedy({ database, observation }: Facts) {
  const { secret, key } = observation.licence ?? { secret: '', key: '' };
  return {
    text: 'Ask GridGain for a licence, and provision the database again with it: that replaces it and rolls the nodes. Where the spec names a Secret of yours, replace what is in that, then restart the nodes.',
    command: `kubectl create secret generic ${secret} -n ${database.namespace} --from-file=${key} --dry-run=client -o yaml | kubectl apply --server-side --force-conflicts -f -`,
  };
}

function problemOf(
  facts: Facts,
  found: LicenceFacts,
  now: Date,
): CheckResult | undefined {
  const fail = (reason: string, words: string, evidence = {}) =>
    failing(reason, `${where(facts)} ${words}`, evidence, remedy(facts));
  if (found.is === 'missing') return fail('Missing', 'holds no licence');
  if (found.is === 'malformed') {
    return fail('Malformed', `cannot be read as a licence: ${found.why}`);
  }
  const { expiresAt, maxNodes } = found;
  if (expiresAt && new Date(expiresAt) <= now) {
    const words = `holds a licence that ${expiryText(
      new Date(expiresAt),
      now,
    )}`;
    return fail('Expired', words, { expiresAt });
  }
  const { replicas } = facts.observation;
  if (maxNodes !== undefined && maxNodes < replicas) {
    const words = `holds a licence for ${maxNodes} nodes, and there are ${replicas}`;
    return fail('TooFewNodes', words, { maxNodes, replicas });
  }
  return undefined;
}

function refused(facts: Facts, pods: string[]): CheckResult {
  return failing(
    'LicenceRefused',
    `${list(pods)} ${
      pods.length === 1 ? 'does' : 'do'
    } not start with the licence of ${where(facts)}`,
    { pods },
    remedy(facts),
  );
}

function valid(facts: Facts, found: LicenceFacts, now: Date): CheckResult {
  const expiresAt = found.is === 'readable' ? found.expiresAt : undefined;
  if (!expiresAt) return ok('Valid', 'The licence has no end');
  const text = expiryText(new Date(expiresAt), now);
  const evidence = { expiresAt };
  return new Date(expiresAt).getTime() - now.getTime() > SOON_MS
    ? ok('Valid', `The licence ${text}`, evidence)
    : warning('ExpiresSoon', `The licence ${text}`, evidence, remedy(facts));
}
