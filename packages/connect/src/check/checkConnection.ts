import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  CONNECTION_STEPS,
  type Connection,
  type ConnectionStep,
} from '@ringfence/connection';
import {
  describeTls,
  DialError,
  hostPort,
  splitPem,
  type DialTarget,
} from '@ringfence/connection/dial';
import type { OpenedGateways } from '../gateways';
import { checkIgniteLogin } from './checkIgniteLogin';
import { checkLogin, type Login } from './checkLogin';
import { StepError, type StepResult } from './steps';

/** Why a database of another protocol is not asked for its nodes. */
const NO_CQL = 'of databases that speak CQL alone; the portal asks this one';

/** What a check needs besides the bundle. */
export interface CheckOptions {
  /** Absent: a login without a password must be refused, and the ring is not asked. */
  readonly login?: Login;
  /** How long until a date, in words. */
  readonly expiryText: (date: Date) => string;
}

/**
 * Goes the way of a client step by step, and stops at the first that fails.
 *
 * @param onStep - called for each step as its result is known
 * @returns the step that failed; undefined where all is well
 */
export async function checkConnection(
  { bundle, gateways }: Pick<OpenedGateways, 'bundle' | 'gateways'>,
  options: CheckOptions,
  onStep: (result: StepResult) => void,
): Promise<ConnectionStep | undefined> {
  const ok = (step: ConnectionStep, text: string) =>
    onStep({ step, state: 'ok', text });
  try {
    const { socket, target } = await gateways.dial();
    const session = describeTls(socket);
    const certificate = socket.getPeerX509Certificate()!;
    socket.end().destroySoon();
    ok('ca', trustOf(target, bundle.connection));
    dialSteps(target, session, certificate, options).forEach(([step, text]) =>
      ok(step, text),
    );
    if (bundle.connection.protocol !== 'cql') {
      const again = await gateways.dial();
      ok(
        'login',
        await checkIgniteLogin(
          again.socket,
          again.target,
          bundle.connection,
          options.login,
        ),
      );
      onStep({ step: 'ring', state: 'skipped', text: NO_CQL });
      return undefined;
    }
    const { loginText, ring } = await checkLogin(
      target,
      bundle.connection,
      options.login,
    );
    ok('login', loginText);
    if (ring) ok('ring', ring);
    else onStep({ step: 'ring', state: 'skipped', text: 'needs a login' });
    return undefined;
  } catch (error) {
    return explain(error, onStep);
  }
}

function dialSteps(
  { host, port, serverName }: DialTarget,
  session: string,
  certificate: X509Certificate,
  { expiryText }: CheckOptions,
): Array<[ConnectionStep, string]> {
  return [
    ['dns', isIP(host) ? `${host} is an address` : `${host} has an address`],
    ['tcp', `${hostPort(host, port)} answers`],
    ['tls', session],
    ['chain', 'issued by the CA of the bundle'],
    ['expiry', `certificate ${expiryText(new Date(certificate.validTo))}`],
    ['name', serverName],
  ];
}

/** Tells each step that was passed, the one that failed, and those that were not reached. */
function explain(
  error: unknown,
  onStep: (result: StepResult) => void,
): ConnectionStep | undefined {
  const failed = failedStep(error);
  if (!failed) throw error;
  const at = CONNECTION_STEPS.indexOf(failed.step);
  if (error instanceof DialError) {
    CONNECTION_STEPS.slice(0, at).forEach(step =>
      onStep({
        step,
        state: 'ok',
        text: 'passed',
      }),
    );
  }
  onStep({ ...failed, state: 'failed' });
  CONNECTION_STEPS.slice(at + 1).forEach(step =>
    onStep({ step, state: 'skipped', text: 'not reached' }),
  );
  return failed.step;
}

/** Whom clients trust. */
function trustOf({ caPem }: DialTarget, { database }: Connection): string {
  const names = splitPem(caPem).map(
    pem => `"${commonName(new X509Certificate(pem))}"`,
  );
  return `clients of ${database.kubernetesCluster}/${
    database.namespace
  } trust ${names.join(' and ')}`;
}

function commonName({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? subject;
}

function failedStep(
  error: unknown,
): Pick<StepResult, 'step' | 'text' | 'remedy'> | undefined {
  if (error instanceof DialError) {
    const { step, message, remedy } = error;
    return { step, text: message, remedy };
  }
  if (error instanceof StepError) {
    const { step, message, remedy } = error;
    return { step, text: message, remedy };
  }
  return undefined;
}
