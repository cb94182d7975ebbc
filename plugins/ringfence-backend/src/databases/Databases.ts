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

/** A database that is there, though its spec cannot be read: all that its Namespace says of it. */
export interface UnreadableDatabase {
  readonly ref: DatabaseRef;
  readonly name: string;
  /** Entity ref. */
  readonly owner?: string;
  readonly state: DatabaseState;
  readonly why: string;
}

/** What happens to databases that a list cannot have. */
export interface ListOptions {
  /** Called for each Kubernetes cluster that cannot be reached: what it holds is not known, not gone. */
  onUnreachable?(kubernetesCluster: string): void;
  /** Called for each database whose spec cannot be read. */
  onUnreadable?(database: UnreadableDatabase): void;
}

/** The databases there are; Kubernetes is the only store. */
export interface Databases {
  /** Kubernetes clusters that cannot be reached, and databases that cannot be read, are left out and logged. */
  list(options?: ListOptions): Promise<StoredDatabase[]>;
  /** @throws NotFoundError where there is none, or the namespace is not managed by Ringfence */
  get(ref: DatabaseRef): Promise<StoredDatabase>;
}
