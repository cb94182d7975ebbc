import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  KubernetesCluster,
  Observed,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Clock } from './clock';
import type { Emit } from './events';
import type { Journal } from './Journal';
import type { Redactor } from './Redactor';

/** What every step of one run works with. */
export interface Run {
  readonly ref: DatabaseRef;
  /** Name of the database. */
  readonly name: string;
  /** Heeds the signal and is patient with an API server that is away. */
  readonly kubernetes: KubernetesCluster;
  readonly tools: DatabaseTools;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly journal: Journal;
  readonly redactor: Redactor;
  /** Secrets that the user gives in this run, by the field that they were sent in. */
  given: Readonly<Record<string, string>>;
  /** What stages found out so far. */
  observed: Observed;
  /** Annotations that this run wants on the Namespace besides the blueprint's. */
  namespaceAnnotations: Readonly<Record<string, string>>;
}
