import type { X509Certificate } from 'node:crypto';
import {
  DialError,
  describeTls,
  type DialTarget,
} from '@ringfence/connection/dial';
import { ConnectError, type ExitReason } from '../ConnectError';
import type { Gateways } from '../gateways';

/** What the first verified handshake showed. */
export interface FirstHandshake {
  readonly target: DialTarget;
  /** Such as `TLS 1.3, X25519MLKEM768`. */
  readonly session: string;
  readonly certificate: X509Certificate;
}

/**
 * Verifies a gateway, and hangs up.
 *
 * @throws ConnectError with the reason of the last gateway tried
 */
export async function firstHandshake(
  gateways: Gateways,
): Promise<FirstHandshake> {
  try {
    const { socket, target } = await gateways.dial();
    const shown = {
      target,
      session: describeTls(socket),
      certificate: socket.getPeerX509Certificate()!,
    };
    socket.end();
    socket.destroySoon();
    return shown;
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    throw new ConnectError(reasonOf(error), error.message, error.remedy, error);
  }
}

function reasonOf(error: DialError): ExitReason {
  if (error.step === 'ca') return 'Usage';
  const unverified = ['chain', 'expiry', 'name'].includes(error.step);
  return unverified ? 'Unverified' : 'Unreachable';
}
