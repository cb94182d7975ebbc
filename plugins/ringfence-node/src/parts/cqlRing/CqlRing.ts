import type { SecretRecipe } from '../../blueprint';
import type { Platform } from '../../platform';
import type { IPodSpec } from '../manifest';
import type { FencedPorts, GatedDatabase } from '../gated';
import type { CqlRingSpec } from './spec';

/**
 * What one kind of database that speaks CQL has of its own. Stages, access and
 * observation are made from this and the spec.
 */
export interface CqlRing extends GatedDatabase {
  /** Its name for people, such as `ScyllaDB`. */
  readonly product: string;
  /** Name of the database's container. */
  readonly container: string;
  readonly ports: CqlRingPorts;
  /** Files of the settings by name; the pods roll when one changes. */
  readonly settings: Readonly<Record<string, string>>;
  /**
   * Further keys of the superuser's Secret, from which the nodes make the first
   * superuser. Absent: a fresh ring has the login cassandra/cassandra, which is
   * replaced over CQL.
   */
  readonly superuserData?: SecretRecipe['data'];
  /** Whether nodes of a ring may join at once, or one after another. */
  readonly joins: 'together' | 'in-order';
  /** Further annotations of the pods, such as those that the mesh reads. */
  podAnnotations?(platform: Platform): Readonly<Record<string, string>>;
  /** A node; `ringPod` gives what all have in common. */
  pod(platform: Platform): IPodSpec;
}

/** Of a ring's nodes. */
export interface CqlRingPorts extends FencedPorts {
  /** Of the headless Service. The prefix tells Istio not to guess the protocol. */
  readonly headless: readonly {
    readonly name: `tcp-${string}`;
    readonly port: number;
  }[];
}

/** What every stage is made from. */
export interface CqlRingContext {
  readonly spec: CqlRingSpec;
  readonly platform: Platform;
  readonly ring: CqlRing;
}
