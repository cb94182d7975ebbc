import type { ConnectionStep } from '@ringfence/connection';

/** What became of one step. */
export interface StepResult {
  readonly step: ConnectionStep;
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
    readonly step: ConnectionStep,
    message: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
