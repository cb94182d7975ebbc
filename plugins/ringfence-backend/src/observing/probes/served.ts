import {
  noTrustAnchor,
  type Handshake,
} from '@ringfence/backstage-plugin-ringfence-node';
import { gatewayHost, tlsPort, type ProbeContext } from './Probe';

/**
 * A handshake with the gateway, from the portal. It is carried through even
 * where verification fails, to read what is served; whether it verified is in
 * the answer.
 *
 * @throws Error where it comes to no handshake, or there is no CA to verify with
 */
export function probeServed(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<Handshake> {
  return context.tools.handshake({
    host: gatewayHost(context),
    port: tlsPort(context),
    serverName: context.access.serverName,
    caPem: caOf(context),
    signal,
  });
}

function caOf({ access, certificates }: ProbeContext): string {
  const service = certificates.find(({ name }) => name === access.certificate);
  if (service && !service.secret.known) throw new Error(service.secret.why);
  const caPem = service?.secret.known && service.secret.value?.caPem;
  if (!caPem) {
    throw new Error(noTrustAnchor(`Secret "${access.caSecret}"`));
  }
  return caPem;
}
