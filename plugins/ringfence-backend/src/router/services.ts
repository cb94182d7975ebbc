import type {
  Access,
  ClientPlace,
  ConnectionTestStep,
  DatabaseRef,
  Diagnosis,
  ManifestDrift,
  PlatformSummary,
  ProvisioningEvent,
  RotationStep,
  TrafficPoint,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Plan, Secret } from '@ringfence/backstage-plugin-ringfence-node';
import type { BundleOptions, ClientCertificate } from '../access';
import type { BlueprintRegistry } from '../blueprints';
import type { ClientCertificates } from '../clientCertificates';
import type { TeamCredentials } from '../credentials';
import type { Databases, StoredDatabase } from '../databases/Databases';
import type { History } from '../history';
import type { Reports } from '../observing';

/** What the router hands requests on to, once they are parsed and authorised. */
export interface RouterServices {
  readonly platforms: { list(): Promise<PlatformSummary[]> };
  readonly blueprints: Pick<BlueprintRegistry, 'list' | 'parse'>;
  readonly databases: Databases;
  readonly provisioner: Changes;
  readonly reports: Pick<Reports, 'read' | 'facts' | 'all'>;
  readonly drift: (database: StoredDatabase) => Promise<ManifestDrift[]>;
  /** How much was under mTLS over the last 24 hours at most, oldest first. */
  readonly traffic: (ref: DatabaseRef) => Promise<TrafficPoint[]>;
  readonly access: AccessReader;
  readonly credentials: Pick<
    TeamCredentials,
    'list' | 'issue' | 'rotate' | 'revoke'
  >;
  readonly clientCertificates: Pick<
    ClientCertificates,
    'list' | 'issue' | 'read' | 'revoke'
  >;
  /** Where clients reach this plugin, such as `https://portal.example.com/api/ringfence`. */
  readonly externalUrl: () => Promise<string>;
  readonly history: Pick<History, 'recordBundle'>;
  /**
   * Goes the way of a client from here; the last step is `ring`.
   *
   * @throws NotFoundError where there is no way in
   */
  readonly testConnection: (
    database: StoredDatabase,
    signal: AbortSignal,
  ) => Promise<AsyncIterable<ConnectionTestStep>>;
  /**
   * Why a client cannot connect, from what is known now.
   *
   * @param options - `looksAtClient`: whether the client's end may be looked at
   */
  readonly diagnose: (
    database: StoredDatabase,
    from: ClientPlace,
    options: { readonly looksAtClient: boolean },
  ) => Promise<Diagnosis>;
  /** Owners of each thing that runs in a namespace, as far as somebody says so. */
  readonly namespaceOwners: (
    ref: DatabaseRef,
  ) => Promise<readonly (readonly string[])[]>;
  /** Tells other plugins, the catalog first, that a database came, changed or went. */
  readonly announce: (ref: DatabaseRef) => Promise<void>;
}

/** How a run is stopped, and for whom it runs. */
export interface ChangeOptions {
  /**
   * Aborted to stop it: its `reason` is a `CancelledError` where the user
   * asked, anything else means that the connection dropped.
   */
  readonly signal: AbortSignal;
  /** Entity ref of the user. */
  readonly actor: string;
}

/** Changes to databases; the iterations end with `done` or `failed`. */
export interface Changes {
  provision(
    spec: unknown,
    options: ChangeOptions,
  ): AsyncIterable<ProvisioningEvent>;
  plan(spec: unknown): Promise<Plan>;
  decommission(
    ref: DatabaseRef,
    request: { confirm: string; deleteVolumes: boolean },
    options: ChangeOptions,
  ): AsyncIterable<ProvisioningEvent>;
  renew(
    ref: DatabaseRef,
    request: { certificate: string },
    options: ChangeOptions,
  ): AsyncIterable<ProvisioningEvent>;
  repair(
    ref: DatabaseRef,
    options: ChangeOptions,
  ): AsyncIterable<ProvisioningEvent>;
  rotateCa(
    ref: DatabaseRef,
    request: { step: RotationStep },
    options: ChangeOptions,
  ): AsyncIterable<ProvisioningEvent>;
}

/** How clients get in, read live. */
export interface AccessReader {
  read(database: StoredDatabase): Promise<Access>;
  /** The zip; with a team's client certificate and its key where one is given. */
  bundle(
    access: Access,
    certificate?: ClientCertificate,
    options?: BundleOptions,
  ): Promise<Uint8Array>;
  credentials(
    database: StoredDatabase,
  ): Promise<{ username: string; password: Secret }>;
}
