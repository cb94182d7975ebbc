import type {
  Facts,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';

/** How long nothing must have been added to a count for it to be over: shorter, and a client that comes once a minute looks like none. */
const QUIET_SECONDS = 60;

/** What the mesh counted on its way to the database, and did not refuse. */
export interface Traffic {
  readonly protectedRows: readonly TrafficSample[];
  /** Plaintext that goes on, or of which nobody can say that it is over. */
  readonly plaintext: readonly TrafficSample[];
  /** Plaintext of before; none came in the time between the last two readings. */
  readonly plaintextBefore: readonly TrafficSample[];
}

/** Sorts what was counted; what was refused never arrived, so it is left out. */
export function sortTraffic(
  facts: Facts,
  samples: readonly TrafficSample[],
): Traffic {
  const taken = samples.filter(
    sample =>
      sample.connectionsOpened > 0 && !sample.refused && tells(facts, sample),
  );
  const open = taken.filter(sample => !isProtected(sample));
  return {
    protectedRows: taken.filter(isProtected),
    plaintext: open.filter(sample => !isOver(sample)),
    plaintextBefore: open.filter(isOver),
  };
}

/** Whether a count of what should not be has stopped growing. */
export function isOver({ recent }: TrafficSample): boolean {
  return (
    recent !== undefined &&
    recent.seconds >= QUIET_SECONDS &&
    recent.connectionsOpened <= 0 &&
    recent.receivedBytes <= 0
  );
}

/** Whether the sample is of nodes that speak to each other. */
export function isOfRing(facts: Facts, sample: TrafficSample): boolean {
  return (
    sample.sourceWorkload === facts.observation.statefulSet &&
    sample.sourceNamespace === facts.database.namespace
  );
}

/**
 * Whether the sample is of the namespace that may scrape in plaintext. It may
 * be of another port, too: the mesh counts none apart.
 */
export function isScrape(
  { spec }: Facts,
  { sourceNamespace }: TrafficSample,
): boolean {
  const { monitoring } = spec as {
    monitoring?: { namespace?: string; outsideMesh?: boolean };
  };
  return (
    monitoring?.outsideMesh === true && monitoring.namespace === sourceNamespace
  );
}

/** The shortest time between readings of the samples that have one, in seconds. */
export function windowSeconds(
  samples: readonly TrafficSample[],
): number | undefined {
  const all = samples.flatMap(({ recent }) => (recent ? [recent.seconds] : []));
  return all.length > 0 ? Math.min(...all) : undefined;
}

/**
 * A sidecar that opens a connection does not know how it will be secured and
 * prints `unknown`: only the one that receives it tells.
 */
function tells(facts: Facts, sample: TrafficSample): boolean {
  return (
    facts.observation.meshMode !== 'sidecar' ||
    sample.reporter === 'destination' ||
    isProtected(sample)
  );
}

function isProtected({ securityPolicy }: TrafficSample): boolean {
  return securityPolicy === 'mutual_tls';
}
