import type { ProbeFacts } from './groups';
import type { ProbeContext } from './Probe';

/** The database that is asked about. */
export interface ProbeTarget {
  /** One that was deleted and made again has another. */
  readonly key: string;
  readonly context: ProbeContext;
  /** Requests to the API server so far that came of comparing objects and reading metrics. */
  requests(): number;
}

/** Where the answers of probes come from. */
export interface ProbeSource {
  /** @param options - `refresh` runs them first; else nobody is waited for */
  read(
    target: ProbeTarget,
    options: { readonly refresh?: boolean },
  ): Promise<ProbeFacts>;
}
