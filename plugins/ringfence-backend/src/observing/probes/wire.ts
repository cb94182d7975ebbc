import type {
  Handshake,
  WireFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { DialError } from '@ringfence/connection/dial';
import { gatewayHost, tlsPort, type ProbeContext } from './Probe';
import { caOf } from './served';

const HYBRID_GROUP = 'X25519MLKEM768';
/** Those that servers have, of which any one is enough to get in without the hybrid. */
const CLASSICAL_GROUPS = 'X25519:P-256:P-384:P-521';
const LEGACY_VERSIONS = ['TLSv1', 'TLSv1.1'] as const;

/** What came of an offer. */
type Outcome = 'taken' | 'refused' | 'unknown';

/**
 * What the gateway takes on its preferred TLS port, each found out by a
 * handshake that offers nothing else. That an offer was refused is told only
 * where the server said so: this runtime may be unable to make it.
 *
 * @throws Error where there comes no handshake about at all
 */
export async function probeWire(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<WireFacts> {
  const port = tlsPort(context);
  const target = {
    host: gatewayHost(context),
    port,
    serverName: context.access.serverName,
    caPem: caOf(context),
    signal,
  };
  const shake = (offer?: { group?: string; version?: 'TLSv1' | 'TLSv1.1' }) =>
    context.tools.handshake({ ...target, offer });
  // Without this one, what others run into would prove nothing.
  const startedMs = performance.now();
  await shake();
  const handshakeMs = Math.round(performance.now() - startedMs);
  const [hybridKeyExchange, ...legacy] = await Promise.all([
    outcomeOf(() => shake({ group: HYBRID_GROUP })),
    ...LEGACY_VERSIONS.map(version => outcomeOf(() => shake({ version }))),
  ]);
  const classicalKeyExchange =
    context.access.keyExchange === 'hybrid-required'
      ? await outcomeOf(() => shake({ group: CLASSICAL_GROUPS }))
      : undefined;
  const versionsThatWere = (outcome: Outcome) =>
    LEGACY_VERSIONS.filter((_version, index) => legacy[index] === outcome);
  const untested = versionsThatWere('unknown');
  return {
    port,
    hybridKeyExchange,
    ...(classicalKeyExchange && { classicalKeyExchange }),
    legacyTaken: versionsThatWere('taken'),
    ...(untested.length > 0 && { legacyUntested: untested }),
    handshakeMs,
  };
}

async function outcomeOf(
  handshake: () => Promise<Handshake>,
): Promise<Outcome> {
  try {
    await handshake();
    return 'taken';
  } catch (error) {
    return isRefusal(error) ? 'refused' : 'unknown';
  }
}

/** Whether the server answered that it does not take the offer, rather than that it could not be made. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof DialError)) return false;
  if (error.code === 'Reset' || error.code === 'ProtocolTooOld') return true;
  const { code = '' } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return error.code === 'HandshakeFailed' && code.includes('ALERT');
}
