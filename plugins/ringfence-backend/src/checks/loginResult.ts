import type {
  CheckResult,
  Fact,
  LoginResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import { notLooked, seenAt, unknown } from './results';

/** What `Unreachable` means in every check on a login. */
export const UNREACHABLE_MEANING =
  'It never came to a login; the summary says where it stopped.';

/**
 * Judges what came of a login.
 *
 * @param what - such as "An anonymous login"
 * @param answers - what it means that it was accepted, and that it was refused
 */
export function judgeLogin(
  what: string,
  fact: Fact<LoginResult>,
  answers: {
    /** @param tookMs - absent where it was not measured */
    accepted(tookMs?: number): CheckResult;
    refused(message: string): CheckResult;
  },
): CheckResult {
  if (!fact.known) return notLooked(what, fact);
  const login = fact.value;
  switch (login.outcome) {
    case 'accepted':
      return seenAt(answers.accepted(login.tookMs), fact);
    case 'refused':
      return seenAt(answers.refused(login.message), fact);
    default:
      return seenAt(
        unknown(
          'Unreachable',
          `${what} could not be tried: ${login.message}`,
          login.remedy ? { text: login.remedy } : undefined,
        ),
        fact,
      );
  }
}
