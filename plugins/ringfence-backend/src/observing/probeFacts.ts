import type { Fact, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { look, withTimeout, type Clock } from './look';
import {
  probeAnonymousLogin,
  probeApplicationLogin,
  probePublicLogins,
} from './probes/logins';
import { probePlaintext } from './probes/plaintext';
import type { ProbeContext } from './probes/Probe';
import { probeRing } from './probes/ring';
import { probeServed } from './probes/served';
import { probeTelemetry } from './probes/telemetry';

/** The facts that only asking brings. */
export type ProbeFacts = Pick<
  Facts,
  'served' | 'plaintext' | 'ring' | 'logins' | 'telemetry'
>;

/** Runs every probe, side by side; each fact says for itself whether it could be had. */
export async function gatherProbeFacts(
  context: ProbeContext,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<ProbeFacts> {
  const probe = <T>(
    run: (context: ProbeContext, signal: AbortSignal) => Promise<T>,
    within = timeoutMs,
  ): Promise<Fact<T>> =>
    look(clock, () =>
      withTimeout(within, async signal => run(context, signal)),
    );
  // A login is several round trips, each through the gateway.
  const loginTimeoutMs = 2 * timeoutMs;
  const [served, plaintext, ring, application, anonymous, publicDefault] =
    await Promise.all([
      probe(probeServed),
      probe(probePlaintext),
      probe(probeRing),
      probe(probeApplicationLogin, loginTimeoutMs),
      probe(probeAnonymousLogin, loginTimeoutMs),
      probe(probePublicLogins, loginTimeoutMs),
    ]);
  // Last, so that it sees the traffic that the logins made.
  const telemetry = await probe(probeTelemetry);
  return {
    served,
    plaintext,
    ring,
    logins: { application, anonymous, publicDefault },
    telemetry,
  };
}
