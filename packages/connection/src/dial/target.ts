import { isIP } from 'node:net';
import type { Connection, Endpoint } from '../connection';
import type { Feed } from './Feed';

/** What to dial, and whom to find there. */
export interface DialTarget {
  /** IP address or DNS name to dial. */
  readonly host: string;
  readonly port: number;
  /** Name (or IP address) that the certificate must have; sent as SNI unless it is an IP address. */
  readonly serverName: string;
  /** The CA certificates to trust, in PEM: these and no others. */
  readonly caPem: string;
  /** @default 'TLSv1.2' */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** hybrid-required: only with the hybrid X25519MLKEM768, and TLS 1.3 with it. @default whatever is agreed */
  readonly keyExchange?: 'hybrid-required';
  /** What the client shows of itself where it is asked; absent: nothing. */
  readonly clientCertificate?: ClientCertificate;
}

/** A certificate of the client and its key. */
export interface ClientCertificate {
  /** PEM: the certificate, then those between it and its CA. */
  readonly certificatePem: string;
  /** PEM; secret. */
  readonly keyPem: string;
}

/** How to dial. */
export interface DialOptions {
  /** For DNS, TCP and TLS together. @default 10000 */
  readonly timeoutMs?: number;
  /** Aborting it ends the attempt with the signal's `reason`. */
  readonly signal?: AbortSignal;
  /** Whether the socket stays writable after the other side has ended. @default false */
  readonly allowHalfOpen?: boolean;
  /** Takes what the socket receives, once it is verified. @default the socket's 'data' events */
  readonly feed?: Feed;
}

/**
 * What to dial to reach one endpoint of a connection.
 *
 * @param clientCertificate - the content of the files that `tls.clientCertificate` names
 */
export function targetOf(
  connection: Connection,
  endpoint: Endpoint,
  caPem: string,
  clientCertificate?: ClientCertificate,
): DialTarget {
  const { serverName, minVersion, keyExchange } = connection.tls;
  const { host, port } = endpoint;
  return {
    ...{ host, port, serverName, caPem, minVersion },
    ...(keyExchange && { keyExchange }),
    ...(clientCertificate && { clientCertificate }),
  };
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostPort(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}
