import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type {
  BlueprintSummary,
  DatabaseRef,
  DatabaseSummary,
  ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
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

interface CallOptions {
  readonly credentials: BackstageCredentials;
  readonly signal?: AbortSignal;
}

/** The Ringfence backend, for other backend plugins; permission and ownership are checked there. */
export interface RingfenceService {
  /**
   * Creates or completes a database. The iteration ends with `done` or
   * `failed`; a connection that drops is posted again and goes on.
   * Aborting `signal` cancels: it stops after the object at hand, nothing is deleted.
   */
  provision(spec: unknown, options: CallOptions): AsyncIterable<ProvisioningEvent>;
  /** What {@link RingfenceService.provision} would apply; changes nothing. */
  plan(spec: unknown, options: CallOptions): Promise<Plan>;
  decommission(
    ref: DatabaseRef,
    request: { confirm: string; deleteVolumes: boolean },
    options: CallOptions,
  ): AsyncIterable<ProvisioningEvent>;
  listDatabases(options: CallOptions): Promise<DatabaseSummary[]>;
  listBlueprints(options: CallOptions): Promise<BlueprintSummary[]>;
}
