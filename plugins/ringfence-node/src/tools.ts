import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesCluster, PodRef } from './kubernetes';
import type { Secret } from './secret';

/** Who to log in as. */
export type Login =
  /** Keys `username` and `password` of a Secret in the database's namespace. */
  | { readonly secret: string }
  /** A login that is public knowledge, to prove that it is refused or to replace it. */
  | { readonly username: string; readonly password: string }
  | 'anonymous';

/** Where to open a session. */
export type Via =
  /** Through the API server, to one pod. */
  | {
      readonly pod: string;
      readonly port: number;
      /** Where the pod itself ends TLS; verified as on every other way. */
      readonly tls?: PodTls;
    }
  /** As clients do: TLS to the gateway, verified. */
  | {
      readonly host: string;
      readonly port: number;
      readonly serverName: string;
      /** Secret in the database's namespace whose `ca.crt` to trust. */
      readonly caSecret: string;
      /** Secret in the database's namespace whose certificate to show; absent: none. */
      readonly clientSecret?: string;
    };

/** How to speak TLS with a pod. */
export interface PodTls {
  /** Name that its certificate must have. */
  readonly serverName: string;
  /** Secret in the database's namespace whose `ca.crt` to trust. */
  readonly caSecret: string;
  /** Secrets of CAs whose `tls.crt` to trust as well. */
  readonly furtherCaSecrets?: readonly string[];
  /** Secret in the database's namespace whose certificate to show; absent: none. */
  readonly clientSecret?: string;
}

/** An open CQL session; close it. */
export interface CqlSession {
  execute(
    query: string,
    params?: readonly unknown[],
  ): Promise<Array<Record<string, unknown>>>;
  close(): Promise<void>;
}

/** Whether an Ignite cluster takes requests. */
export type IgniteState = 'ACTIVE' | 'ACTIVE_READ_ONLY' | 'INACTIVE';

/** An open session of Ignite's thin client protocol; close it. */
export interface IgniteSession {
  /** Runs one statement of SQL. @returns its rows, each in the order of its columns */
  query(sql: string, args?: readonly unknown[]): Promise<unknown[][]>;
  state(): Promise<IgniteState>;
  /** Brings the cluster to a state; one that it has already is left alone. */
  setState(state: IgniteState): Promise<void>;
  /** How many nodes that keep data are in the topology; known also while the cluster is inactive, when there is no SQL. */
  serverNodes(): Promise<number>;
  close(): Promise<void>;
}

/** Why a login did not come about. */
export type LoginResult =
  | {
      readonly outcome: 'accepted';
      /** Milliseconds from dialling to the login. */
      readonly tookMs?: number;
    }
  /** The database refused these credentials. */
  | { readonly outcome: 'refused'; readonly message: string }
  /** It never came to a login. */
  | {
      readonly outcome: 'unreachable';
      readonly message: string;
      readonly remedy?: string;
    };

/** What a TLS handshake showed. */
export interface Handshake {
  readonly protocol: string;
  readonly cipher: string;
  /** DER of the served leaf, and its PEM. */
  readonly certificatePem: string;
  /** Served leaf and what came with it. */
  readonly chainPem: readonly string[];
  /** Whether chain and name verified against the CA asked for; why not, else. */
  readonly verified: boolean;
  readonly verificationError?: string;
}

/**
 * What blueprints may do besides applying manifests. Everything acts on one
 * database; nothing returned may end in a log.
 */
export interface DatabaseTools {
  readonly database: DatabaseRef;
  readonly kubernetes: KubernetesCluster;
  /** Opens a CQL session. @throws where login or connection fails */
  cql(login: Login, via: Via): Promise<CqlSession>;
  /** Opens a session of Ignite's thin client. @throws where login or connection fails */
  ignite(login: Login, via: Via): Promise<IgniteSession>;
  /**
   * Tries to log in, by the protocol of the database (CQL unless its blueprint
   * says otherwise), and says what came of it; throws nothing.
   */
  tryLogin(
    login: Login,
    via: Via,
    options?: { signal?: AbortSignal },
  ): Promise<LoginResult>;
  /** A handshake that is carried through even where verification fails, and says so. */
  handshake(target: {
    host: string;
    port: number;
    /** Through the API server to this pod, instead of `host`. */
    pod?: string;
    serverName: string;
    caPem: string;
    signal?: AbortSignal;
    /** Offers nothing but this, to see whether it is taken. */
    offer?: { group?: string; version?: 'TLSv1' | 'TLSv1.1' };
  }): Promise<Handshake>;
  exec(
    pod: Omit<PodRef, 'namespace'>,
    command: readonly string[],
  ): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** The decoded data of a Secret in the database's namespace. @throws NotFoundError */
  secret(name: string): Promise<Readonly<Record<string, Secret>>>;
}
