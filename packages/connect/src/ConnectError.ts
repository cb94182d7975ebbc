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
  /** `check`: the host name has no address. */
  Dns: 10,
  /** `check`: nothing answers on the port. */
  Tcp: 11,
  /** `check`: no TLS session comes about. */
  Tls: 12,
  /** `check`: the certificate is of another CA. */
  Chain: 13,
  /** `check`: the certificate or the CA is out of date. */
  Expiry: 14,
  /** `check`: the certificate is for other names. */
  Name: 15,
  /** `check`: the login is refused, or one without a password is not. */
  Login: 16,
  /** `check`: nodes are down, or disagree. */
  Ring: 17,
  /** `run`: the command cannot be started. */
  CommandNotFound: 127,
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
