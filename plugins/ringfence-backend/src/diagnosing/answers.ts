import type {
  DiagnosisAnswer,
  DiagnosisQuestion,
  DiagnosisStatus,
  DiagnosisWay,
  Finding,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Check, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { toError } from '@backstage/errors';
import { runChecks } from '../checks/runChecks';
import type { Unlooked } from '../checks/results';
import type { Verdict } from '../checks/verdict';

/** An answer without its question. */
export type Answer = Omit<DiagnosisAnswer, 'question'>;

/** Says that all is well. */
export function ok(summary: string): Answer {
  return { status: 'ok', summary };
}

/** Says what is wrong, and what mends it. */
export function failing(
  summary: string,
  remedy: NonNullable<Answer['remedy']>,
  spec?: string,
): Answer {
  return { status: 'failing', summary, remedy, ...(spec && { spec }) };
}

/** Says why nothing can be said. */
export function unknown(summary: string, remedy?: Answer['remedy']): Answer {
  return { status: 'unknown', summary, ...(remedy && { remedy }) };
}

/** Says why something could not be read. */
export function notLooked(what: string, { why, remedy }: Unlooked): Answer {
  return unknown(
    `${what} could not be read: ${why}`,
    remedy ? { text: remedy } : undefined,
  );
}

/** One of three answers. */
export function byVerdict(
  verdict: Verdict,
  answers: Record<Verdict, () => Answer>,
): Answer {
  return answers[verdict]();
}

const WORST_FIRST = ['failing', 'unknown', 'ok'] as const;

function worst(statuses: readonly DiagnosisStatus[]): DiagnosisStatus {
  return WORST_FIRST.find(status => statuses.includes(status)) ?? 'unknown';
}

/** What checks of the report find, as one answer: a fence that only warns lets clients in. */
export function fromChecks(
  checks: readonly Check[],
  facts: Facts,
  now: Date,
): Answer {
  const findings = runChecks(checks, facts, now);
  const status = worst(findings.map(statusOf));
  const told = findings.filter(finding => statusOf(finding) === status);
  if (told.length === 0) return unknown('Nothing is known of this yet');
  const remedy = told.find(finding => finding.remedy)?.remedy;
  return {
    status,
    summary: told.map(({ summary }) => summary).join('; '),
    ...(status !== 'ok' && remedy && { remedy }),
  };
}

function statusOf({ status }: Finding): DiagnosisStatus {
  return status === 'warning' ? 'ok' : status;
}

/** A question and how it is answered. */
export type Asked = readonly [DiagnosisQuestion, () => Answer];

/** Asks each, and of a client that is not there nothing more; one that meets an object of an odd form takes only its own answer with it. */
export function askAll(
  way: DiagnosisWay['way'],
  to: string,
  asked: readonly Asked[],
): DiagnosisWay {
  const [[first, answer], ...others] = asked;
  const gate = answerOf(answer);
  // A client that is not there has no way at all, good or bad.
  const isGone = first === 'client' && gate.status === 'failing';
  const rest = isGone ? [] : others;
  const answers = [
    { question: first, ...gate },
    ...rest.map(([question, ask]) => ({ question, ...answerOf(ask) })),
  ];
  return {
    way,
    to,
    status: worst(answers.map(({ status }) => status)),
    answers,
  };
}

function answerOf(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    return unknown(`This could not be judged: ${toError(error).message}`);
  }
}
