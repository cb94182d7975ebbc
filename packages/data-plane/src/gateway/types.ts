import type { Log } from '../log';
import type { Flow, MeshWorkload, SecurityPolicy } from '../telemetry/types';
import type { Telemetry } from '../telemetry/Telemetry';

/** A certificate chain and its key. */
export interface TlsIdentity {
  /** Leaf first. */
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Which certificates of clients a listener takes. */
export interface ClientValidation {
  /** PEM: who must have signed one that is shown. */
  readonly caPem: string;
  /** Whether nobody gets in without one. */
  readonly required: boolean;
}

/** A port to listen on. */
export interface GatewayListener {
  readonly name: string;
  /** 0: any free one; see {@link Gateway.ports}. */
  readonly port: number;
  /** Absent: plaintext. */
  readonly tls?: TlsIdentity;
  /**
   * With TLS only: names in the handshake (SNI) that lead to the upstreams of
   * that name alone, even where there are none.
   */
  readonly serverNames?: readonly string[];
  /** What is spoken inside TLS; `http` is passed on request by request. @defaultValue 'tcp' */
  readonly speaks?: 'tcp' | 'http';
  /** Leads to the upstreams that name this listener alone. @defaultValue to those that name none */
  readonly ownUpstreams?: boolean;
  /** With TLS only; absent: clients are asked for no certificate. */
  readonly clients?: ClientValidation;
}

/** Where connections go. */
export interface GatewayUpstream extends MeshWorkload {
  readonly address: string;
  readonly port: number;
  /** Takes connections of clients that name this server, and no others. Absent: of all others. */
  readonly serverName?: string;
  /** Takes connections of this listener, which has upstreams of its own. Absent: of all others. */
  readonly listener?: string;
  /** How the gateway speaks to this one. @defaultValue as to all */
  readonly securityPolicy?: SecurityPolicy;
  /** The Service that the connection is for, where the upstream's proxy knows. */
  readonly destinationService?: Flow['destinationService'];
}

export interface GatewayOptions {
  /** Loopback address to listen on. */
  readonly address: string;
  readonly listeners: readonly GatewayListener[];
  /** Taken in turn; one that refuses is skipped. */
  readonly upstreams: readonly GatewayUpstream[];
  /** Who the gateway is in the mesh. */
  readonly identity: MeshWorkload;
  /**
   * How it goes on to the upstreams, for the telemetry.
   *
   * @defaultValue 'mutual_tls'
   */
  readonly securityPolicy?: 'mutual_tls' | 'unknown';
  readonly telemetry?: Telemetry;
  readonly log: Log;
  /** For one upstream. @defaultValue 2000 */
  readonly connectTimeoutMs?: number;
}

/** A running TCP proxy that ends TLS (1.2 or newer). */
export interface Gateway {
  readonly address: string;
  /** The port of each listener, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Connections that are open now. */
  readonly openConnections: number;
  /**
   * New handshakes get this certificate at once; open connections stay.
   *
   * @throws where key and certificate do not fit, keeping the last good one
   */
  setCertificate(listenerName: string, identity: TlsIdentity): void;
  /**
   * Listeners that are gone are closed with their connections, new ones
   * opened, certificates replaced in those that stay.
   */
  setListeners(listeners: readonly GatewayListener[]): Promise<void>;
  /** Holds for new connections; open ones stay. */
  setUpstreams(upstreams: readonly GatewayUpstream[]): void;
  /** Closes listeners and connections. May be called again. */
  stop(): Promise<void>;
}
