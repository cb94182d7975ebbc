import { X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { attempt } from './attempt';
import { secureContextOf } from './secureContext';
import { handshakeError, verifiedTlsOptions } from './tls';
import type { DialOptions, DialTarget } from './target';
import { verificationError } from './verification';

/** How long the other side may take to end the connection, too. */
const END_TIMEOUT_MS = 1_000;

/** What a TLS handshake showed. */
export interface Handshake {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** Such as `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The served leaf. */
  readonly certificatePem: string;
  /** Served leaf and what came with it. */
  readonly chainPem: readonly string[];
  /** Whether chain and name verified against the CA asked for. */
  readonly verified: boolean;
  /** Why they did not. */
  readonly verificationError?: string;
}

/** Leaves out of a handshake all but what is to be tried. */
export interface HandshakeOffer {
  /**
   * A key exchange group, and TLS 1.3 with it: earlier versions could agree on
   * a key without any group.
   */
  readonly group?: string;
  /** A version that nobody should take any more. */
  readonly version?: 'TLSv1' | 'TLSv1.1';
}

/**
 * Makes one handshake and ends the connection. What is served is returned
 * even where it does not verify, and then says so; nothing is ever sent over
 * such a connection.
 *
 * @throws DialError where no handshake comes about
 */
export async function handshake(
  target: DialTarget & {
    readonly signal?: AbortSignal;
    readonly offer?: HandshakeOffer;
  },
  options: DialOptions = {},
): Promise<Handshake> {
  const signal = options.signal ?? target.signal;
  return attempt(
    target,
    { ...options, signal },
    tcp => net.connect(tcp),
    (socket, stop) => inspect(target, socket, stop, offered(target.offer)),
  );
}

function offered({
  group,
  version,
}: HandshakeOffer = {}): tls.ConnectionOptions {
  return {
    ...(group && { ecdhCurve: group, minVersion: 'TLSv1.3' }),
    ...(version && {
      minVersion: version,
      maxVersion: version,
      // OpenSSL 3 offers these versions with the weak hashes they need at this level only.
      ciphers: 'DEFAULT@SECLEVEL=0',
    }),
  };
}

function inspect(
  target: DialTarget,
  tcp: net.Socket,
  signal: AbortSignal,
  offer: tls.ConnectionOptions,
): Promise<Handshake> {
  // This probe alone carries a handshake through whatever is served, since it
  // has to read it. Chain and name are verified below, and the result says so.
  const options = { ...verifiedTlsOptions(target), ...offer };
  const socket = tls.connect({
    ...options,
    secureContext: secureContextOf(options),
    socket: tcp,
    rejectUnauthorized: false,
  });
  return new Promise<Handshake>((resolve, reject) => {
    signal.addEventListener('abort', () => socket.destroy(signal.reason), {
      once: true,
    });
    socket.once('error', error => {
      socket.destroy();
      reject(signal.aborted ? error : handshakeError(error, target));
    });
    socket.once('secureConnect', () => {
      resolve(shownBy(socket, target));
      endPolitely(socket);
    });
  });
}

/** Lets the server see a whole handshake and an end, not a reset that it would log as an error. */
function endPolitely(socket: tls.TLSSocket): void {
  socket.on('error', () => {});
  socket.setTimeout(END_TIMEOUT_MS, () => socket.destroy());
  socket.resume().end();
}

function shownBy(socket: tls.TLSSocket, target: DialTarget): Handshake {
  const leaf = socket.getPeerX509Certificate()!;
  const errors = [
    socket.authorizationError && codeOf(socket.authorizationError),
    tls.checkServerIdentity(target.serverName, leaf.toLegacyObject()) &&
      'ERR_TLS_CERT_ALTNAME_INVALID',
  ].filter(code => code !== null && code !== undefined && code !== '');
  const messages = [...new Set(errors)].map(
    code => verificationError(String(code), target, leaf).message,
  );
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    certificatePem: leaf.toString(),
    chainPem: chainOf(leaf),
    verified: socket.authorized && messages.length === 0,
    ...(messages.length > 0 && { verificationError: messages.join('; ') }),
  };
}

/** Node types `authorizationError` as an Error and sets its code. */
function codeOf(error: unknown): string {
  return typeof error === 'string'
    ? error
    : (error as NodeJS.ErrnoException).code ?? String(error);
}

function chainOf(leaf: X509Certificate): string[] {
  const chain: string[] = [];
  let next: X509Certificate | undefined = leaf;
  while (next && !chain.includes(next.toString())) {
    chain.push(next.toString());
    next = next.issuerCertificate;
  }
  return chain;
}
