import type { SecretRecipe } from '../../blueprint';
import type { Platform } from '../../platform';
import type { IPodSpec } from '../manifest';
import type { MeshMembership, PodSecurityLevel } from '../namespace';
import type { CqlRingSpec } from './spec';

/**
 * What one kind of database that speaks CQL has of its own. Stages, access and
 * observation are made from this and the spec.
 */
export interface CqlRing {
  /** What runs, as in the label `app.kubernetes.io/name`. */
  readonly application: string;
  /** Its name for people, such as `ScyllaDB`. */
  readonly product: string;
  /** Name of the database's container. */
  readonly container: string;
  /** How the mesh captures its pods. */
  readonly mesh: MeshMembership;
  /** The strictest level that all pods of the namespace pass. */
  readonly podSecurity: PodSecurityLevel;
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

export interface CqlRingPorts {
  /** Of the headless Service. The prefix tells Istio not to guess the protocol. */
  readonly headless: readonly {
    readonly name: `tcp-${string}`;
    readonly port: number;
  }[];
  /** Which nodes may open to each other. */
  readonly ring: readonly number[];
  /** What the kubelet asks. */
  readonly probes: readonly number[];
  /** Metrics of the database itself; absent where it has none to scrape. */
  readonly metrics?: {
    /** As its container declares it. */
    readonly name: string;
    readonly port: number;
  };
}

/** What every stage is made from. */
export interface CqlRingContext {
  readonly spec: CqlRingSpec;
  readonly platform: Platform;
  readonly ring: CqlRing;
}
