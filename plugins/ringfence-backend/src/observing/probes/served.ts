import {
  noTrustAnchor,
  type Handshake,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';
import { readCertificates } from '../../checks/x509';
import { gatewayHost, podsToAsk, type ProbeContext } from './Probe';

/**
 * A handshake with each TLS port of the gateway, from the portal, or of each
 * node where clients dial these: the answer is the first that clients would
 * refuse, or that serves another certificate than the Secret's (than the first
 * one's, where it holds none), or else the first one's. It is carried through even
 * where verification fails, to read what is served; whether it verified is in
 * the answer.
 *
 * @throws Error where it comes to no handshake, or there is no CA to verify with
 */
export async function probeServed(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<Handshake & { port: number }> {
  const { serverName, tlsPorts, restPorts = [] } = context.access;
  const caPem = caOf(context);
  const shown = await Promise.all(
    tlsEnds(context).flatMap(end =>
      [...tlsPorts, ...restPorts].map(async port => {
        const target = { ...end, port, serverName, caPem, signal };
        return { ...(await context.tools.handshake(target)), port };
      }),
    ),
  );
  const [first] = shown;
  const wanted = issuedLeaf(context) ?? leafOf(first.certificatePem);
  const isOdd = ({ verified, certificatePem }: Handshake) =>
    !verified || leafOf(certificatePem) !== wanted;
  return shown.find(isOdd) ?? first;
}

/** What every end should serve: of two that differ the first may be the one that is behind. */
function issuedLeaf({ access, certificates }: ProbeContext) {
  const service = certificates.find(({ name }) => name === access.certificate);
  const secret = service?.secret.known ? service.secret.value : undefined;
  return secret && fingerprintOf(secret.certificatePem);
}

/** Tells leaves apart, also those that cannot be read. */
function leafOf(pem: string): string {
  return fingerprintOf(pem) ?? pem;
}

function fingerprintOf(pem: string): string | undefined {
  return readCertificates(pem)[0]?.fingerprint256;
}

/** Who ends TLS: the gateway, or every node that runs. */
function tlsEnds(
  context: ProbeContext,
): ReadonlyArray<{ host: string; pod?: string }> {
  if (context.access.exposure !== 'direct') {
    return [{ host: gatewayHost(context) }];
  }
  const ready = podsToAsk(context).filter(isPodReady);
  if (ready.length === 0) throw new Error('no node is ready');
  return ready.map(({ metadata: { name } }) => ({ host: name, pod: name }));
}

/** The CA that clients have. @throws Error where there is none */
export function caOf({ access, certificates }: ProbeContext): string {
  const service = certificates.find(({ name }) => name === access.certificate);
  if (service && !service.secret.known) throw new Error(service.secret.why);
  const caPem = service?.secret.known && service.secret.value?.caPem;
  if (!caPem) {
    throw new Error(noTrustAnchor(`Secret "${access.caSecret}"`));
  }
  return caPem;
}
