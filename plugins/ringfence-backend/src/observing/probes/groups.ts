import type { Fact, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { look, notKnown, withTimeout, type Clock } from '../look';
import {
  probeAnonymousLogin,
  probeApplicationLogin,
  probePublicLogins,
} from './logins';
import { probeDrift } from './drift';
import { probeNameLookup } from './nameLookup';
import { probePlaintext } from './plaintext';
import type { ProbeContext } from './Probe';
import { probeRing } from './ring';
import { probeSchemas } from './schemas';
import { probeServed } from './served';
import { probeTelemetry } from './telemetry';
import { probeWire } from './wire';

/** What the probes of each group find out. Those of a group run together, since they cost alike. */
export interface ProbeAnswers {
  /** By the gateway, as clients come: costs the API server next to nothing. */
  readonly gateway: Pick<
    Facts,
    'served' | 'plaintext' | 'logins' | 'wire' | 'schemas'
  >;
  /** By commands in pods. */
  readonly pods: Pick<Facts, 'ring' | 'nameLookup'>;
  /** By the mesh's metrics. */
  readonly telemetry: Pick<Facts, 'telemetry'>;
  /** By dry runs, one for each object. */
  readonly drift: Pick<Facts, 'drift'>;
}

export type ProbeGroup = keyof ProbeAnswers;

/** In the order in which they run: telemetry sees the traffic that logins make. */
export const PROBE_GROUPS = [
  'gateway',
  'pods',
  'telemetry',
  'drift',
] as const satisfies readonly ProbeGroup[];

/** The facts that only asking brings. */
export type ProbeFacts = ProbeAnswers['gateway'] &
  ProbeAnswers['pods'] &
  ProbeAnswers['telemetry'] &
  ProbeAnswers['drift'];

export interface ProbeOptions {
  readonly clock: Clock;
  /** How long one probe may take; what is several round trips gets a multiple. */
  readonly timeoutMs: number;
}

type Run<T> = (context: ProbeContext, signal: AbortSignal) => Promise<T>;

const RUNS: {
  readonly [G in ProbeGroup]: (
    probe: <T>(run: Run<T>, patience?: number) => Promise<Fact<T>>,
  ) => Promise<ProbeAnswers[G]>;
} = {
  async gateway(probe) {
    const [served, plaintext, wire, schemas, ...logins] = await Promise.all([
      probe(probeServed),
      probe(probePlaintext),
      probe(probeWire, 2),
      probe(probeSchemas, 2),
      probe(probeApplicationLogin, 2),
      probe(probeAnonymousLogin, 2),
      probe(probePublicLogins, 2),
    ]);
    const [application, anonymous, publicDefault] = logins;
    return {
      served,
      plaintext,
      wire,
      schemas,
      logins: { application, anonymous, publicDefault },
    };
  },
  async pods(probe) {
    const [ring, nameLookup] = await Promise.all([
      probe(probeRing),
      probe(probeNameLookup),
    ]);
    return { ring, nameLookup };
  },
  telemetry: async probe => ({ telemetry: await probe(probeTelemetry, 2) }),
  drift: async probe => ({ drift: await probe(probeDrift, 12) }),
};

/** Runs the probes of a group, side by side; each fact says for itself whether it could be had. */
export function runProbes<G extends ProbeGroup>(
  group: G,
  context: ProbeContext,
  { clock, timeoutMs }: ProbeOptions,
): Promise<ProbeAnswers[G]> {
  return RUNS[group]((run, patience = 1) =>
    look(clock, () =>
      withTimeout(patience * timeoutMs, async signal => run(context, signal)),
    ),
  );
}

/** What is known before any probe has run. */
export function notProbed(why: string, at: Date): ProbeFacts {
  const fact = notKnown(why, at);
  return {
    served: fact,
    plaintext: fact,
    wire: fact,
    schemas: fact,
    logins: { application: fact, anonymous: fact, publicDefault: fact },
    ring: fact,
    nameLookup: fact,
    telemetry: fact,
    drift: fact,
  };
}
