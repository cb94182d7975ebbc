import type { Observed, ProbeWait, WaitState } from '../blueprint';
import type { DatabaseTools, Login, LoginResult, Via } from '../tools';
import { names, type Named } from './names';
import { parseNodetoolStatus, UP_AND_NORMAL } from './nodetool';
import { noTrustAnchor, trustAnchor } from './trust';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export interface RingOptions {
  readonly container: string;
  /** Which is asked. @default the first */
  readonly pod?: string;
  readonly replicas: number;
  readonly timeoutMs: number;
  /** Prints the ring. @default `nodetool status` */
  readonly command?: readonly string[];
}

/** Every node is Up and Normal, as the first one sees it. */
export function ringIsUp(spec: Named, options: RingOptions): ProbeWait {
  const { container, replicas, timeoutMs, pod = names.pod(spec, 0) } = options;
  const { command = ['nodetool', 'status'] } = options;
  return {
    kind: 'probe',
    name: `${replicas} of ${replicas} nodes are Up and Normal`,
    timeoutMs,
    everyMs: 2 * SECOND_MS,
    when: 'before-actions',
    remedy: `Look at: kubectl exec -n ${
      spec.namespace
    } ${pod} -c ${container} -- ${command.join(' ')}`,
    probe: async tools => {
      const result = await tools.exec({ pod, container }, command);
      if (result.exitCode !== 0) {
        const words = (result.stderr || result.stdout).trim();
        return { state: 'waiting', why: `nodetool status: ${words}` };
      }
      return evaluateRing(result.stdout, replicas);
    },
  };
}

function evaluateRing(status: string, replicas: number): WaitState {
  const nodes = parseNodetoolStatus(status);
  const up = nodes.filter(({ state }) => state === UP_AND_NORMAL);
  if (up.length === replicas && nodes.length === replicas) {
    return { state: 'done', message: `${replicas} nodes UN` };
  }
  const states = nodes.map(({ address, state }) => `${address} ${state}`);
  return {
    state: 'waiting',
    why: `${up.length} of ${replicas} nodes UN (${
      states.join(', ') || 'none seen'
    })`,
  };
}

/** How a proof reaches the database, from what is known when it runs. */
export type Route = (observed: Observed) => Via;

/** Dials the first address of the gateway, verified as clients verify it. */
export function throughGateway(options: {
  readonly port: number;
  readonly serverName: string;
  readonly caSecret: string;
  readonly clientSecret?: string;
}): Route {
  return ({ gatewayAddresses }) => {
    const [address] = gatewayAddresses;
    if (!address) throw new Error('The gateway has no address');
    return { host: address.value, ...options };
  };
}

/** A TLS handshake with the gateway is carried through and verified. */
export function handshakeVerifies(options: {
  readonly port: number;
  readonly serverName: string;
  readonly caSecret: string;
}): ProbeWait {
  const { port, serverName, caSecret } = options;
  return {
    kind: 'probe',
    name: `TLS handshake on port ${port} verifies for "${serverName}"`,
    timeoutMs: 2 * MINUTE_MS,
    everyMs: 2 * SECOND_MS,
    remedy: `Can the portal reach the gateway's address? Try from where it runs: openssl s_client -connect <address>:${port} -servername ${serverName}`,
    probe: async (tools, { gatewayAddresses }, signal) => {
      const [address] = gatewayAddresses;
      if (!address) return { state: 'waiting', why: 'it has no address' };
      const host = address.value;
      return attempt(async () => {
        const caPem = await trustedBy(tools, caSecret);
        const seen = await tools.handshake({
          host,
          port,
          serverName,
          caPem,
          signal,
        });
        return seen.verified
          ? { state: 'done', message: `${seen.protocol}, verified` }
          : {
              state: 'waiting',
              why: seen.verificationError ?? 'it does not verify',
            };
      });
    },
  };
}

/** @throws where nothing says whom to trust */
async function trustedBy(tools: DatabaseTools, secret: string) {
  const { 'ca.crt': ca, 'tls.crt': chain } = await tools.secret(secret);
  const anchor = trustAnchor({
    certificatePem: chain?.reveal() ?? '',
    caPem: ca?.reveal(),
  });
  if (!anchor) throw new Error(noTrustAnchor(`Secret "${secret}"`));
  return anchor;
}

export interface LoginProof {
  /** Such as `login as the application role`. */
  readonly what: string;
  readonly login: Login;
  readonly route: Route;
  /** What to do where a login is accepted that must be refused. @defaultValue words of CQL */
  readonly remedy?: string;
}

const LOOK_AT_AUTHENTICATOR =
  'Is authentication on? Look at "authenticator" in the settings of the database, and at its roles: LIST ROLES';

/** A login that must be accepted. */
export function loginAccepted({ what, login, route }: LoginProof): ProbeWait {
  return loginProbe(`${what} is accepted`, login, route, result => {
    return result.outcome === 'accepted'
      ? { state: 'done', message: 'accepted' }
      : { state: 'waiting', why: result.message };
  });
}

/**
 * A login that must be refused. Only a refusal by the database counts: what
 * never came to a login proves nothing.
 */
export function loginRefused({
  what,
  login,
  route,
  remedy = LOOK_AT_AUTHENTICATOR,
}: LoginProof): ProbeWait {
  return loginProbe(`${what} is refused`, login, route, result => {
    if (result.outcome === 'refused') {
      return { state: 'done', message: 'refused' };
    }
    if (result.outcome === 'unreachable') {
      return { state: 'waiting', why: result.message };
    }
    return {
      state: 'failed',
      why: `${what} was accepted: the database is open to everybody`,
      remedy,
    };
  });
}

/**
 * A connection that shows no certificate gets nowhere, which the gateway must
 * say itself. Others have proved by now that it is reached with one.
 */
export function certificateDemanded(port: number, route: Route): ProbeWait {
  const what = `A connection to port ${port} without a client certificate is refused`;
  return loginProbe(what, 'anonymous', route, result => {
    return result.outcome === 'unreachable'
      ? { state: 'done', message: 'refused' }
      : {
          state: 'waiting',
          why: 'the gateway let it through, so it does not ask for certificates yet',
        };
  });
}

function loginProbe(
  name: string,
  login: Login,
  route: Route,
  judge: (result: LoginResult) => WaitState,
): ProbeWait {
  return {
    kind: 'probe',
    name,
    timeoutMs: 2 * MINUTE_MS,
    everyMs: 2 * SECOND_MS,
    remedy:
      'Look at the logs of the database, and whether the portal can reach it',
    probe: async (tools, observed, signal) =>
      judge(await tools.tryLogin(login, route(observed), { signal })),
  };
}

/** What cannot be reached yet may be later: a probe that throws waits on. */
async function attempt(run: () => Promise<WaitState>): Promise<WaitState> {
  try {
    return await run();
  } catch (error) {
    return {
      state: 'waiting',
      why: error instanceof Error ? error.message : String(error),
    };
  }
}
