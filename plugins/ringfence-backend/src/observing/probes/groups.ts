import type { Fact, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { look, notKnown, withTimeout, type Clock } from '../look';
import { probeCqlRing } from './cqlRing';
import { probeDrift } from './drift';
import {
  probeAnonymousLogin,
  probeApplicationLogin,
  probePublicLogins,
  probeSuperuserLogin,
  probeWithoutCertificate,
} from './logins';
import { probeIgniteCluster } from './igniteCluster';
import { probeLicence } from './licence';
import { probeLogMarks } from './logMarks';
import { probeNameLookup } from './nameLookup';
import { probeNodetool } from './nodetoolRing';
import { probePlaintext } from './plaintext';
import type { ProbeContext } from './Probe';
import { probeServed } from './served';
import { probeTelemetry } from './telemetry';
import { probeWire } from './wire';

/** What the probes of each group find out. Those of a group run together, since they cost alike. */
export interface ProbeAnswers {
  /** By the gateway, as clients come: costs the API server next to nothing. */
  readonly gateway: Pick<Facts, 'served' | 'plaintext' | 'logins' | 'wire'>;
  /** By a session with the database, as clients come. */
  readonly ring: Pick<Facts, 'ring' | 'schemas' | 'clusterState' | 'apart'>;
  /** By a command in a pod, where no session tells; nothing where there is no such command. */
  readonly nodetool: Partial<Pick<Facts, 'ring'>>;
  /** By another command in a pod, its log, and a Secret that it mounts. */
  readonly pods: Pick<Facts, 'nameLookup' | 'logMarks' | 'licence'>;
  /** By the mesh's metrics. */
  readonly telemetry: Pick<Facts, 'telemetry'>;
  /** By dry runs, one for each object. */
  readonly drift: Pick<Facts, 'drift'>;
}

export type ProbeGroup = keyof ProbeAnswers;

/** In the order in which they run: telemetry sees the traffic that logins make. */
export const PROBE_GROUPS = [
  'gateway',
  'ring',
  'nodetool',
  'pods',
  'telemetry',
  'drift',
] as const satisfies readonly ProbeGroup[];

/** The facts that only asking brings. */
export type ProbeFacts = ProbeAnswers['gateway'] &
  ProbeAnswers['ring'] &
  ProbeAnswers['pods'] &
  ProbeAnswers['telemetry'] &
  ProbeAnswers['drift'];

export interface ProbeOptions {
  readonly clock: Clock;
  /** How long one probe may take; what is several round trips gets a multiple. */
  readonly timeoutMs: number;
}

type Run<T> = (
  context: ProbeContext,
  signal: AbortSignal,
  clock: Clock,
) => Promise<T>;

const RUNS: {
  readonly [G in ProbeGroup]: (
    probe: <T>(run: Run<T>, patience?: number) => Promise<Fact<T>>,
    { access, observation }: Pick<ProbeContext, 'access' | 'observation'>,
  ) => Promise<ProbeAnswers[G]>;
} = {
  async gateway(probe, { access: { clientCertificates } }) {
    const [served, plaintext, wire, ...logins] = await Promise.all([
      probe(probeServed),
      probe(probePlaintext),
      probe(probeWire, 2),
      probe(probeApplicationLogin, 2),
      probe(probeAnonymousLogin, 2),
      probe(probePublicLogins, 2),
      probe(probeSuperuserLogin, 2),
    ]);
    const [application, anonymous, publicDefault, superuser] = logins;
    const withoutCertificate =
      clientCertificates?.mode === 'required'
        ? await probe(probeWithoutCertificate, 2)
        : undefined;
    return {
      served,
      plaintext,
      wire,
      logins: {
        ...{ application, anonymous, publicDefault, superuser },
        ...(withoutCertificate && { withoutCertificate }),
      },
    };
  },
  async ring(probe, { access }) {
    if (access.protocol === 'ignite') {
      const answer = await probe(probeIgniteCluster, 2);
      return answer.known
        ? answer.value
        : {
            ...{ ring: answer, schemas: answer },
            ...{ clusterState: answer, apart: answer },
          };
    }
    // Whether a node is up may take ten seconds to tell.
    const answer = await probe(probeCqlRing, 4);
    return answer.known ? answer.value : { ring: answer, schemas: answer };
  },
  nodetool: async (probe, { observation }) =>
    observation.ringCommand ? { ring: await probe(probeNodetool) } : {},
  async pods(probe, { observation }) {
    const nameLookup = await probe(probeNameLookup);
    return {
      nameLookup,
      ...(observation.logMarks && { logMarks: await probe(probeLogMarks, 2) }),
      ...(observation.licence && { licence: await probe(probeLicence) }),
    };
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
  return RUNS[group](
    (run, patience = 1) =>
      look(clock, () =>
        withTimeout(patience * timeoutMs, async signal =>
          run(context, signal, clock),
        ),
      ),
    context,
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
    logins: {
      application: fact,
      anonymous: fact,
      publicDefault: fact,
      superuser: fact,
    },
    ring: fact,
    nameLookup: fact,
    telemetry: fact,
    drift: fact,
  };
}
