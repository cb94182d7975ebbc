/** How many clients may be connected where nobody says another number. */
const DEFAULT_CLIENTS = 5_000;
/** A client's connection, and the gateway's that belongs to it. */
const FILES_PER_CLIENT = 2;
/** What a process has open of its own: libraries, the bundle, the status server. */
const OWN_FILES = 64;
/** Of the others, those left for clients that are told why they are refused. */
const SHARE_FOR_REFUSED = 0.25;

/** How many clients may be connected at once, and why no more. */
export interface Ceiling {
  readonly clients: number;
  readonly text: string;
}

/**
 * The ceiling that was asked for, or as many clients as the limit of open
 * files carries where that is fewer: beyond it the system closes connections
 * without a word.
 *
 * @param files - how many files this process may open
 */
export function ceilingOf(
  asked = DEFAULT_CLIENTS,
  files = openFilesAllowed(),
): Ceiling {
  const carried = Math.floor(
    ((files - OWN_FILES) * (1 - SHARE_FOR_REFUSED)) / FILES_PER_CLIENT,
  );
  const clients = Math.max(1, Math.min(asked, carried));
  const why =
    clients < asked
      ? `the limit of ${files} open files carries: raise it (ulimit -n)`
      : '--max-connections allows';
  return {
    clients,
    text: `ringfence-connect refuses new connections: ${clients} are open, as many as ${why}`,
  };
}

/** Infinite where there is no limit, or none that can be read, as on Windows. */
function openFilesAllowed(): number {
  const { report } = process as { report?: Report };
  if (!report) return Infinity;
  // What it would say of the network takes long, and is not looked at.
  const { excludeNetwork } = report;
  report.excludeNetwork = true;
  const { soft } = report.getReport().userLimits?.open_files ?? {};
  report.excludeNetwork = excludeNetwork;
  return typeof soft === 'number' ? soft : Infinity;
}

/** What is read here of Node's diagnostic report. */
interface Report {
  excludeNetwork?: boolean;
  getReport(): {
    readonly userLimits?: {
      readonly open_files?: { readonly soft?: number | string };
    };
  };
}
