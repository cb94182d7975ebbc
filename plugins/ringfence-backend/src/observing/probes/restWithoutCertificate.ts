import type { TLSSocket } from 'node:tls';
import type { LoginResult } from '@ringfence/backstage-plugin-ringfence-node';
import { dial } from '@ringfence/connection/dial';
import { gatewayHost, type ProbeContext } from './Probe';
import { caOf } from './served';

const REQUEST =
  'GET / HTTP/1.1\r\nHost: without-certificate.invalid\r\nConnection: close\r\n\r\n';

/**
 * Asks each REST port over TLS without a client certificate: the first that
 * answers, or else the last. In TLS 1.3 a server that wants one says so only
 * after the handshake, so an answer to a request is what counts.
 *
 * @returns `refused` where it answered: it was let in, and not as anybody;
 * undefined where REST is served nowhere
 * @throws Error where there is no gateway or no CA to verify with
 */
export async function probeRestWithoutCertificate(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<LoginResult | undefined> {
  const { restPorts = [], serverName } = context.access;
  let last: LoginResult | undefined;
  for (const port of restPorts) {
    const host = gatewayHost(context);
    const target = { host, port, serverName, caPem: caOf(context) };
    last = await ask(() => dial(target, { signal }), signal);
    if (last.outcome !== 'unreachable') return last;
  }
  return last;
}

async function ask(
  open: () => Promise<TLSSocket>,
  signal: AbortSignal,
): Promise<LoginResult> {
  try {
    const socket = await open();
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.write(REQUEST);
    // Breaking off the loop ends the connection.
    for await (const data of socket) {
      const [line] = String(data).split('\r\n');
      return { outcome: 'refused', message: `REST answered "${line}"` };
    }
    return { outcome: 'unreachable', message: 'it closed the connection' };
  } catch (error) {
    return { outcome: 'unreachable', message: (error as Error).message };
  }
}
