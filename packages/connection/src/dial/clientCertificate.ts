import { DialError } from './DialError';
import { hostPort, type DialTarget } from './target';

/** The server wants a certificate and got none. TLS 1.2 says no more than that the handshake failed. */
const MISSING = new Set(['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED']);

/** The server does not take the certificate that it got. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'it knows another CA'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'it has expired'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'it has expired'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED', 'it was revoked'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'it was revoked'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'it does not verify'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'it does not verify'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'it does not verify'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'it does not verify'],
  ['ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE', 'it is of another kind'],
  ['ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', 'it is of another kind'],
]);

/**
 * Words for a connection that ended over the certificate of the client. With
 * TLS 1.3 that shows only at the first reading: the client's side of the
 * handshake is over before the server has seen its certificate.
 *
 * @returns undefined where it ended for another reason
 */
export function clientCertificateError(
  error: NodeJS.ErrnoException,
  target: Pick<DialTarget, 'host' | 'port' | 'clientCertificate'>,
): DialError | undefined {
  const code = error.code ?? '';
  const place = hostPort(target.host, target.port);
  const why = REFUSED.get(code);
  if (MISSING.has(code)) {
    return new DialError({
      step: 'tls',
      code: 'ClientCertificateMissing',
      message: `${place} wants a certificate of the client, and none was shown`,
      remedy:
        'Download a bundle that carries the client certificate of your team',
      cause: error,
    });
  }
  if (!why || !target.clientCertificate) return undefined;
  return new DialError({
    step: 'tls',
    code: 'ClientCertificateRefused',
    message: `${place} does not take the certificate of the client: ${why}`,
    remedy:
      'Have it renewed: ringfence-connect renew; or download the bundle again',
    cause: error,
  });
}
