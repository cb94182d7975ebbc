/** What is looked at, in this order; the first that fails ends the check. */
export const STEPS = [
  'bundle',
  'dns',
  'tcp',
  'tls',
  'chain',
  'expiry',
  'name',
  'login',
  'ring',
] as const;

/** One of {@link STEPS}. */
export type Step = (typeof STEPS)[number];

/** What became of one step. */
export interface StepResult {
  readonly step: Step;
  readonly state: 'ok' | 'failed' | 'skipped';
  /** What was seen, or why not. */
  readonly text: string;
  /** What to do; where it failed. */
  readonly remedy?: string;
}

/** The step fails the check, with what to do. */
export class StepError extends Error {
  readonly name = 'StepError';

  constructor(
    readonly step: Step,
    message: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
