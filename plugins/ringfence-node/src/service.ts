import {
  coreServices,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  BlueprintSummary,
  CredentialRequest,
  DatabaseRef,
  DatabaseSummary,
  IssuedCredential,
  ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import { HttpRingfenceService } from './client';
import type { Manifest } from './kubernetes';

/** What a run would do. */
export interface Plan {
  /** How the manifests were checked, such as `server-side dry run in namespace "orders"`. */
  readonly checkedBy: string;
  readonly stages: readonly {
    readonly name: string;
    readonly title: string;
    readonly manifests: readonly Manifest[];
    /** Names of Secrets that would be generated; their values do not exist yet. */
    readonly secrets: readonly string[];
    readonly actions: readonly string[];
    readonly waits: readonly string[];
  }[];
  /** Unmet notes and everything else that a person should read first. */
  readonly notes: readonly string[];
}

/** As whom to call, and until when. */
export interface CallOptions {
  readonly credentials: BackstageCredentials;
  readonly signal?: AbortSignal;
}

/** The databases there are, as far as they could be listed. */
export interface DatabaseListing {
  readonly databases: DatabaseSummary[];
  /** Kubernetes clusters that could not be asked: what they hold is not known, not gone. */
  readonly unreachable: string[];
}

/** Topic of the events that say that a database came, changed or went; the payload is {@link DatabaseChangedEvent}. */
export const DATABASES_TOPIC = 'ringfence.databases';

/** Payload of {@link DATABASES_TOPIC}. */
export interface DatabaseChangedEvent {
  /** `<kubernetesCluster>/<namespace>` */
  readonly database: string;
}

/**
 * The Ringfence backend, for other backend plugins; permission and ownership
 * are checked there.
 *
 * What the backend refuses before it begins is thrown, under the name and with
 * the words that it gave (`InputError`, `NotAllowedError`, ...).
 *
 * @throws AuthenticationError where the user's sign-in has expired
 * @throws ServiceUnavailableError where the backend stays away for two minutes
 */
export interface RingfenceService {
  /**
   * Creates or completes a database. The iteration ends with `done` or
   * `failed`; a connection that drops is posted again and goes on.
   * Aborting `signal` cancels: it stops after the object at hand, nothing is deleted.
   */
  provision(
    spec: unknown,
    options: CallOptions,
  ): AsyncIterable<ProvisioningEvent>;
  /** What {@link RingfenceService.provision} would apply; changes nothing. */
  plan(spec: unknown, options: CallOptions): Promise<Plan>;
  decommission(
    ref: DatabaseRef,
    request: { confirm: string; deleteVolumes: boolean },
    options: CallOptions,
  ): AsyncIterable<ProvisioningEvent>;
  /**
   * Makes a database role for a team. Its password stays in the Secret that the
   * answer names: what asks here may store what it is told.
   */
  issueCredential(
    ref: DatabaseRef,
    request: CredentialRequest,
    options: CallOptions,
  ): Promise<IssuedCredential>;
  /** All managed databases; plugins may ask as themselves. */
  listDatabases(options: CallOptions): Promise<DatabaseListing>;
  listBlueprints(options: CallOptions): Promise<BlueprintSummary[]>;
}

/** Calls the Ringfence backend over HTTP, as whoever the credentials say. */
export const ringfenceServiceRef = createServiceRef<RingfenceService>({
  id: 'ringfence.service',
  scope: 'plugin',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { auth: coreServices.auth, discovery: coreServices.discovery },
      factory: deps => new HttpRingfenceService(deps),
    }),
});
