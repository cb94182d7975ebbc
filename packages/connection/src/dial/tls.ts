import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { DialError } from './DialError';
import { splitPem } from './pem';
import { clientCertificateError } from './clientCertificate';
import { Lately } from './Lately';
import { secureContextOf } from './secureContext';
import { hostPort, type ClientCertificate, type DialTarget } from './target';

const HYBRID_GROUP = 'X25519MLKEM768';

/** Whether this Node knows the post-quantum hybrid: OpenSSL 3.5 and later (Node 24). */
const offersHybrid = (() => {
  const [major = 0, minor = 0] = (process.versions.openssl ?? '')
    .split('.')
    .map(Number);
  return major > 3 || (major === 3 && minor >= 5);
})();

/**
 * What `tls.connect` needs to verify a target, for clients that open their own
 * sockets.
 *
 * @throws DialError of step `ca` where there is nothing to trust
 */
export function verifiedTlsOptions(target: DialTarget): tls.ConnectionOptions {
  requireCa(target);
  const { clientCertificate, keyExchange } = target;
  if (keyExchange === 'hybrid-required') requireHybrid(target);
  if (clientCertificate) requireClientCertificate(target, clientCertificate);
  const options: tls.ConnectionOptions = {
    rejectUnauthorized: true,
    // No SNI for an IP address (RFC 6066, section 3); Node sends none for ''.
    servername: net.isIP(target.serverName) ? '' : target.serverName,
    // Node would take `servername`, which is empty for an IP address.
    checkServerIdentity: (_host, certificate) =>
      tls.checkServerIdentity(target.serverName, certificate),
    ca: target.caPem,
    minVersion: target.minVersion ?? 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    // "*": send a key share for both at once, so that a server without the
    // hybrid costs no further round trip.
    ...(offersHybrid && {
      ecdhCurve: `*${HYBRID_GROUP}:*X25519:prime256v1:secp384r1`,
    }),
    // Offered alone it is agreed on or nothing is. TLS 1.2 could do without any group.
    ...(keyExchange === 'hybrid-required' && {
      ecdhCurve: HYBRID_GROUP,
      minVersion: 'TLSv1.3',
    }),
    ...(clientCertificate && {
      cert: clientCertificate.certificatePem,
      key: clientCertificate.keyPem,
    }),
  };
  return { ...options, secureContext: secureContextOf(options) };
}

function requireHybrid(target: DialTarget): void {
  if (offersHybrid) return;
  throw new DialError({
    step: 'tls',
    code: 'NoHybrid',
    message: `${hostPort(
      target.host,
      target.port,
    )} is to be reached with ${HYBRID_GROUP} only, which OpenSSL ${
      process.versions.openssl
    } of this Node.js does not have`,
    remedy: 'Use Node.js 24 or later',
  });
}

function requireClientCertificate(
  { host, port }: DialTarget,
  { certificatePem, keyPem }: ClientCertificate,
): void {
  try {
    tls.createSecureContext({ cert: certificatePem, key: keyPem });
  } catch {
    // The words of OpenSSL are left out: they say nothing to people.
    throw new DialError({
      step: 'tls',
      code: 'InvalidClientCertificate',
      message: `Certificate and key of the client for ${hostPort(
        host,
        port,
      )} are not PEM, or do not belong together`,
      remedy:
        'Take both from the same bundle, or have them renewed: ringfence-connect renew',
    });
  }
}

/** Texts that were found to be certificates: reading one takes as long as a good part of a handshake. */
const readable = new Lately<true>();

/**
 * Makes sure that there is a CA to trust: Node takes an empty `ca` for "the
 * public authorities", which is the opposite of what is meant.
 *
 * @throws DialError of step `ca`
 */
export function requireCa(target: DialTarget): void {
  const blocks = splitPem(target.caPem);
  const place = hostPort(target.host, target.port);
  const remedy = 'Use the ca.crt of a freshly downloaded bundle';
  if (blocks.length === 0) {
    throw new DialError({
      step: 'ca',
      code: 'InvalidCa',
      message: `The CA for ${place} holds no certificate in PEM`,
      remedy,
    });
  }
  try {
    readable.get(target.caPem, () => {
      blocks.forEach(block => new X509Certificate(block));
      return true;
    });
  } catch (error) {
    throw new DialError({
      step: 'ca',
      code: 'InvalidCa',
      message: `The CA for ${place} holds a block that is not a certificate`,
      remedy,
      cause: error,
    });
  }
}

/** Such as `TLS 1.3, X25519MLKEM768`. */
export function describeTls(socket: tls.TLSSocket): string {
  const protocol = (socket.getProtocol() ?? 'TLS').replace('TLSv', 'TLS ');
  const group = agreedGroup(socket);
  return group ? `${protocol}, ${group}` : protocol;
}

function agreedGroup(socket: tls.TLSSocket): string | undefined {
  const info = socket.getEphemeralKeyInfo() as {
    type?: string;
    name?: string;
  } | null;
  if (info?.name) return info.name;
  // Node 24 has no words for the hybrid ({}), and all other groups that we offer it can name.
  const isHybrid =
    offersHybrid && info !== null && socket.getProtocol() === 'TLSv1.3';
  return isHybrid ? HYBRID_GROUP : info?.type;
}

const NOT_TLS = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_RECORD_LAYER_FAILURE',
  'ERR_SSL_BAD_RECORD_TYPE',
]);

const TOO_OLD = new Set([
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
]);

/** How a server says that it has none of the groups, or not the version that they need. */
const NO_GROUP = new Set([
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_BAD_KEY_SHARE',
]);

const RESET = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

/**
 * Words for a handshake that broke off, whatever the reason.
 */
export function handshakeError(
  error: NodeJS.ErrnoException,
  target: DialTarget,
): DialError {
  const place = hostPort(target.host, target.port);
  const code = error.code ?? '';
  const refused = clientCertificateError(error, target);
  if (refused) return refused;
  if (target.keyExchange === 'hybrid-required' && NO_GROUP.has(code)) {
    return new DialError({
      step: 'tls',
      code: 'NoHybrid',
      message: `${place} does not agree on ${HYBRID_GROUP}, which this connection requires`,
      remedy:
        'Have the gateway offer it: Istio does with COMPLIANCE_POLICY=pqc, or meshConfig.tlsDefaults.ecdhCurves',
      cause: error,
    });
  }
  if (RESET.has(code)) {
    return new DialError({
      step: 'tls',
      code: 'Reset',
      message: `${place} closed the connection during the TLS handshake`,
      remedy: `Check that a certificate is served there for "${target.serverName}", and that no firewall or proxy in between ends TLS connections`,
      cause: error,
    });
  }
  if (NOT_TLS.has(code)) {
    return new DialError({
      step: 'tls',
      code: 'NotTls',
      message: `What answers at ${place} does not speak TLS`,
      remedy: 'Check the port: TLS is usually on 9041',
      cause: error,
    });
  }
  if (TOO_OLD.has(code)) {
    return new DialError({
      step: 'tls',
      code: 'ProtocolTooOld',
      message: `${place} speaks no version of TLS from ${(
        target.minVersion ?? 'TLSv1.2'
      ).replace('TLSv', 'TLS ')} on`,
      remedy: 'Have the gateway offer TLS 1.2 or 1.3',
      cause: error,
    });
  }
  return new DialError({
    step: 'tls',
    code: 'HandshakeFailed',
    message: `TLS handshake with ${place} failed: ${code || error.message}`,
    remedy:
      'Check what the gateway asks for: cipher suites, or a certificate of the client',
    cause: error,
  });
}
