import type {
  Login,
  LoginResult,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';
import { podsToAsk, viaClients, type ProbeContext } from './Probe';
import { probeRestWithoutCertificate } from './restWithoutCertificate';

/**
 * A login as the role made for clients.
 *
 * @throws Error where the database knows no logins
 */
export async function probeApplicationLogin(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<LoginResult> {
  const { applicationRoleSecret } = context.access;
  if (!applicationRoleSecret) throw new Error('the database knows no logins');
  return tryLogin(context, { secret: applicationRoleSecret }, signal);
}

/**
 * A login as the superuser, which Ringfence changes the database with.
 *
 * @throws Error where the blueprint names none
 */
export async function probeSuperuserLogin(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<LoginResult> {
  const { superuserSecret } = context.observation;
  if (!superuserSecret) throw new Error('this blueprint names no superuser');
  return tryLogin(context, { secret: superuserSecret }, signal);
}

/** A connection that offers no login. */
export function probeAnonymousLogin(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<LoginResult> {
  return tryLogin(context, 'anonymous', signal);
}

/** The logins that everybody knows: the first that is accepted, or else the last. */
export async function probePublicLogins(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<LoginResult> {
  let last: LoginResult = {
    outcome: 'refused',
    message: 'there is no public login to try',
  };
  for (const login of context.observation.publicLogins) {
    last = await tryLogin(context, login, signal);
    if (last.outcome !== 'refused') return last;
  }
  return last;
}

/**
 * A connection that shows no certificate, on each port or to each node that
 * clients dial: the first that comes to a login at all, or else the last.
 */
export async function probeWithoutCertificate(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<LoginResult> {
  const via = viaClients(context);
  const ways =
    'pod' in via
      ? nodesToAsk(context).map(pod => ({ ...via, pod }))
      : context.access.tlsPorts.map(port => ({ ...via, port }));
  let last: LoginResult | undefined;
  for (const way of ways) {
    last = await context.tools.tryLogin('anonymous', withoutCertificate(way), {
      signal,
    });
    if (last.outcome !== 'unreachable') return last;
  }
  if (!last) throw new Error('there is no port to dial');
  return (await probeRestWithoutCertificate(context, signal)) ?? last;
}

/** Every node that is ready, else the first that is not. */
function nodesToAsk(context: ProbeContext): string[] {
  const pods = podsToAsk(context);
  const ready = pods.filter(isPodReady);
  return (ready.length > 0 ? ready : pods.slice(0, 1)).map(
    ({ metadata }) => metadata.name,
  );
}

function withoutCertificate(via: Via): Via {
  if (!('pod' in via)) return { ...via, clientSecret: undefined };
  return via.tls
    ? { ...via, tls: { ...via.tls, clientSecret: undefined } }
    : via;
}

async function tryLogin(
  context: ProbeContext,
  login: Login,
  signal: AbortSignal,
): Promise<LoginResult> {
  return context.tools.tryLogin(login, viaClients(context), { signal });
}
