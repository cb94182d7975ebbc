import type {
  Login,
  LoginResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import { viaClients, type ProbeContext } from './Probe';

/** A login as the role made for clients. */
export function probeApplicationLogin(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<LoginResult> {
  const { applicationRoleSecret } = context.access;
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

async function tryLogin(
  context: ProbeContext,
  login: Login,
  signal: AbortSignal,
): Promise<LoginResult> {
  return context.tools.tryLogin(login, viaClients(context), { signal });
}
