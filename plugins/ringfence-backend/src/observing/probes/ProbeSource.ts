import type { ProbeFacts } from './groups';
import type { ProbeContext } from './Probe';

/** The database that is asked about. */
export interface ProbeTarget {
  /** One that was deleted and made again has another. */
  readonly key: string;
  readonly context: ProbeContext;
}

/** Where the answers of probes come from. */
export interface ProbeSource {
  /** @param options - `refresh` runs them first, `wait` those that have never run */
  read(
    target: ProbeTarget,
    options: { readonly refresh?: boolean; readonly wait?: boolean },
  ): Promise<ProbeFacts>;
}
