/** How the program ends. Scripts may rely on these numbers. */
export const EXIT_CODES = {
  /** It was asked to stop, and did. */
  Ok: 0,
  /** A fault of the program itself. */
  Unexpected: 1,
  /** A flag, an argument or an environment variable that makes no sense. */
  Usage: 2,
  /** The bundle cannot be read, or does not fit together. */
  Bundle: 3,
  /** The gateway cannot be reached. */
  Unreachable: 4,
  /** What answers is not the gateway that the bundle describes. */
  Unverified: 5,
  /** The local port cannot be listened on. */
  LocalPort: 6,
  /** Ended at once by a second signal. */
  Interrupted: 130,
} as const;

/** One of {@link EXIT_CODES}. */
export type ExitReason = keyof typeof EXIT_CODES;

/** What went wrong and what to do about it. */
export class ConnectError extends Error {
  readonly name = 'ConnectError';
  readonly reason: ExitReason;
  /** What to do, in a sentence. */
  readonly remedy: string;

  constructor(
    reason: ExitReason,
    message: string,
    remedy: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.reason = reason;
    this.remedy = remedy;
  }
}
