import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Connection } from '@ringfence/connection';
import {
  describeTls,
  DialError,
  hostPort,
  type DialTarget,
} from '@ringfence/connection/dial';
import type { OpenedGateways } from '../gateways';
import { checkLogin, type Login } from './checkLogin';
import { StepError, STEPS, type Step, type StepResult } from './steps';

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
): Promise<Step | undefined> {
  const ok = (step: Step, text: string) => onStep({ step, state: 'ok', text });
  try {
    const { socket, target } = await gateways.dial();
    const session = describeTls(socket);
    const certificate = socket.getPeerX509Certificate()!;
    socket.end().destroySoon();
    ok('bundle', nameOf(bundle.connection));
    dialSteps(target, session, certificate, options).forEach(([step, text]) =>
      ok(step, text),
    );
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
    return explain(error, bundle.connection, onStep);
  }
}

function dialSteps(
  { host, port, serverName }: DialTarget,
  session: string,
  certificate: X509Certificate,
  { expiryText }: CheckOptions,
): Array<[Step, string]> {
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
  connection: Connection,
  onStep: (result: StepResult) => void,
): Step | undefined {
  const failed = failedStep(error);
  if (!failed) throw error;
  const at = STEPS.indexOf(failed.step);
  if (error instanceof DialError) {
    STEPS.slice(0, at).forEach(step =>
      onStep({
        step,
        state: 'ok',
        text: step === 'bundle' ? nameOf(connection) : 'passed',
      }),
    );
  }
  onStep({ ...failed, state: 'failed' });
  STEPS.slice(at + 1).forEach(step =>
    onStep({ step, state: 'skipped', text: 'not reached' }),
  );
  return failed.step;
}

function nameOf({ database }: Connection): string {
  return `${database.kubernetesCluster}/${database.namespace}`;
}

function failedStep(
  error: unknown,
): Pick<StepResult, 'step' | 'text' | 'remedy'> | undefined {
  if (error instanceof DialError) {
    const { step, message, remedy } = error;
    return { step: step === 'ca' ? 'bundle' : step, text: message, remedy };
  }
  if (error instanceof StepError) {
    const { step, message, remedy } = error;
    return { step, text: message, remedy };
  }
  return undefined;
}
