import { X509Certificate } from 'node:crypto';
import {
  DialError,
  describeTls,
  dial,
  type DialTarget,
} from '@ringfence/connection/dial';
import { ConnectError, type ExitReason } from '../ConnectError';

/** What the first verified handshake showed. */
export interface FirstHandshake {
  readonly target: DialTarget;
  /** Such as `TLS 1.3, X25519MLKEM768`. */
  readonly session: string;
  readonly certificate: X509Certificate;
}

/**
 * Finds the first target that can be reached, and verifies it. A target that
 * answers but does not verify ends the search: it must not be passed over.
 *
 * @throws ConnectError with the reason of the last target tried
 */
export async function firstHandshake(
  targets: readonly DialTarget[],
): Promise<FirstHandshake> {
  const [target, ...others] = targets;
  try {
    const socket = await dial(target);
    const shown = {
      target,
      session: describeTls(socket),
      certificate: socket.getPeerX509Certificate()!,
    };
    socket.on('error', () => {});
    socket.end();
    socket.destroySoon();
    return shown;
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    if (isUnreachable(error) && others.length > 0) {
      return firstHandshake(others);
    }
    throw new ConnectError(reasonOf(error), error.message, error.remedy, error);
  }
}

function isUnreachable(error: DialError): boolean {
  return error.step === 'dns' || error.step === 'tcp';
}

function reasonOf(error: DialError): ExitReason {
  if (error.step === 'ca') return 'Usage';
  const unverified = ['chain', 'expiry', 'name'].includes(error.step);
  return unverified ? 'Unverified' : 'Unreachable';
}
