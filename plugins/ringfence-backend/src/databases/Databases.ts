import type {
  DatabaseRef,
  DatabaseSpec,
  DatabaseState,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';

/** A database as Kubernetes holds it: its Namespace, and the spec in its ConfigMap. */
export interface StoredDatabase {
  readonly ref: DatabaseRef;
  readonly blueprint: Blueprint<any>;
  readonly spec: DatabaseSpec;
  readonly state: DatabaseState;
  readonly simulated?: string;
}

/** The databases there are; Kubernetes is the only store. */
export interface Databases {
  /**
   * Kubernetes clusters that cannot be reached are left out and logged.
   *
   * @param options.onUnreachable - called for each of those: what it holds is not known, not gone
   */
  list(options?: {
    onUnreachable?(kubernetesCluster: string): void;
  }): Promise<StoredDatabase[]>;
  /** @throws NotFoundError where there is none, or the namespace is not managed by Ringfence */
  get(ref: DatabaseRef): Promise<StoredDatabase>;
}
