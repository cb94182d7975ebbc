import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { attempt } from './attempt';
import type { DialError } from './DialError';
import { handshake } from './handshake';
import { handshakeError, verifiedTlsOptions } from './tls';
import type { DialOptions, DialTarget } from './target';
import { verificationError } from './verification';

/**
 * Opens a verified TLS connection: TLS 1.3 where the server has it, chain
 * checked against the given CA alone, name checked against `serverName`.
 * Neither can be switched off.
 *
 * @throws DialError with the step at which it ended and what to do
 */
export function dial(
  target: DialTarget,
  options: DialOptions = {},
): Promise<tls.TLSSocket> {
  const onread = options.feed?.onread;
  return attempt(
    target,
    options,
    tcp =>
      tls.connect({
        ...verifiedTlsOptions(target),
        ...tcp,
        // Of no effect on a socket of TLS over one that is there already.
        ...(onread && { onread }),
      }),
    (socket, signal) => secure(target, socket, signal),
  );
}

function secure(
  target: DialTarget,
  socket: tls.TLSSocket,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(signal.reason);
    const fail = (error: Error) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      if (signal.aborted) reject(error);
      else explain(error, target, signal).then(reject, reject);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
      // It may break before its new owner listens, and an error that nobody
      // hears would end the process; whoever reads or writes still meets it.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** The codes of X509_verify_cert_error_string that Node passes on, none of which begins with ERR_SSL. */
const VERIFICATION_CODE =
  /^(CERT_|CRL_|UNABLE_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_|HOSTNAME_|INVALID_|PATH_LENGTH_)/;

async function explain(
  error: NodeJS.ErrnoException & { cert?: { raw?: Buffer } },
  target: DialTarget,
  signal: AbortSignal,
): Promise<DialError> {
  const code = error.code ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const leaf = error.cert?.raw && new X509Certificate(error.cert.raw);
    return verificationError(code, target, leaf, error);
  }
  if (!VERIFICATION_CODE.test(code)) return handshakeError(error, target);
  // Node drops the certificate that it refused, and its dates and issuer are
  // what helps: read it with a second handshake. It decides nothing.
  const served = await handshake(target, { signal }).catch(() => undefined);
  const leaf = served && new X509Certificate(served.certificatePem);
  return verificationError(code, target, leaf, error);
}
