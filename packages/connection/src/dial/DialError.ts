import type { ConnectionStep } from '../steps';

/** Where on the way to a verified connection it ended. */
export type DialStep = Exclude<ConnectionStep, 'login' | 'ring'>;

/** What went wrong; each with a sentence on what it means. */
export const DIAL_CODES = {
  InvalidCa: 'The CA to trust is not a certificate in PEM.',
  HostNotFound: 'The host name has no address.',
  DnsUnavailable: 'The name service did not answer.',
  Refused: 'Nothing listens on the port.',
  Unreachable: 'There is no way to the host.',
  TimedOut: 'There was no answer in time.',
  Reset: 'The other side closed the connection in the middle of the handshake.',
  NotTls: 'What answers on the port does not speak TLS.',
  ProtocolTooOld: 'The server offers only versions of TLS that are too old.',
  NoHybrid:
    'The two sides have no post-quantum hybrid key exchange in common, and it is required.',
  InvalidClientCertificate:
    'The certificate or key of the client is not PEM, or they do not belong together.',
  ClientCertificateMissing:
    'The server wants a certificate of the client, which showed none.',
  ClientCertificateRefused:
    'The server does not take the certificate of the client.',
  HandshakeFailed: 'The two sides could not agree on a TLS session.',
  UnknownAuthority: 'The certificate was not issued by the CA to trust.',
  Expired: 'The certificate, or the CA, has expired.',
  NotYetValid: 'The certificate, or the CA, is not valid yet.',
  NameMismatch: 'The certificate is for other names.',
} as const;

/** One of {@link DIAL_CODES}. */
export type DialCode = keyof typeof DIAL_CODES;

/** Why there is no verified connection, to whom, and what to do. */
export class DialError extends Error {
  readonly name = 'DialError';
  readonly step: DialStep;
  readonly code: DialCode;
  /** What to do, in a sentence. */
  readonly remedy: string;

  /** @param details.message - what happened, and to which `host:port` */
  constructor(details: {
    readonly step: DialStep;
    readonly code: DialCode;
    readonly message: string;
    readonly remedy: string;
    readonly cause?: unknown;
  }) {
    super(details.message, { cause: details.cause });
    this.step = details.step;
    this.code = details.code;
    this.remedy = details.remedy;
  }
}
