/** `unknown` where something is not understood or not known; it never stands for `yes`. */
export type Verdict = 'yes' | 'no' | 'unknown';

/** `yes` where one is, `no` where all are. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('yes')) return 'yes';
  return verdicts.includes('unknown') ? 'unknown' : 'no';
}

/** `no` where one is, `yes` where all are. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

/** What all of them say; `unknown` where they differ. */
export function agreed(verdicts: readonly Verdict[]): Verdict {
  const [first = 'unknown'] = verdicts;
  return verdicts.every(verdict => verdict === first) ? first : 'unknown';
}

/** The contrary. */
export function not(verdict: Verdict): Verdict {
  if (verdict === 'unknown') return 'unknown';
  return verdict === 'yes' ? 'no' : 'yes';
}

/** A plain yes or no. */
export function is(condition: boolean): Verdict {
  return condition ? 'yes' : 'no';
}
