import { InputError, NotFoundError } from '@backstage/errors';
import {
  KubernetesConflictError,
  type AccessRecipe,
  type KubernetesObject,
  type ObjectRef,
  type ObjectWait,
  type ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { aboutObject, RefusedError } from './errors';
import type { Run } from './Run';
import { waitForServed, type ServingNodes } from './served';
import { waitFor } from './waits';

/** An issuer that asks a person, or an ACME challenge, takes its time. */
const ISSUED_WITHIN_MS = 5 * 60_000;
/** cert-manager writes to the same status: each time it does, ours is written again. */
const ATTEMPTS = 5;

/** What is known of a database whose certificate is renewed. */
export interface Renewable {
  readonly observation: ServingNodes & Pick<ObservationRecipe, 'certificates'>;
  readonly access: AccessRecipe;
}

/**
 * The Certificate of that name.
 *
 * @throws RefusedError where it is none of the database's
 */
export function findCertificate(
  run: Pick<Run, 'ref' | 'name'>,
  { certificates }: Pick<ObservationRecipe, 'certificates'>,
  name: string,
): ObservationRecipe['certificates'][number] {
  const found = certificates.find(certificate => certificate.name === name);
  if (found) return found;
  const names = certificates.map(certificate => `"${certificate.name}"`);
  throw new RefusedError(
    `certificate: "${name}" is none of database "${run.name}", which has ${
      names.join(', ') || 'none'
    }`,
    { name: InputError.name },
  );
}

/**
 * Has cert-manager issue a certificate again, as `cmctl renew` does, and waits
 * until the new one is there and, where clients are shown it, is served. One
 * that is being issued already is waited for and not asked for twice.
 */
export async function renew(
  run: Run,
  { observation, access }: Renewable,
  name: string,
): Promise<void> {
  const { secret } = findCertificate(run, observation, name);
  const ref: ObjectRef = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    namespace: run.ref.namespace,
    name,
  };
  const isServed = name === access.certificate && access.exposure !== 'none';
  const count = isServed ? 2 : 1;
  run.emit({ type: 'stage', stage: 'Issue it again', index: 1, count });
  const before = await aboutObject(ref, () => askFor(run, ref));
  await waitFor(run, issuedAgain(ref, before));
  if (!isServed) return;
  run.emit({ type: 'stage', stage: 'Serve it', index: 2, count });
  await waitForServed(run, access, observation, secret);
}

/**
 * Asks cert-manager to issue a certificate again.
 *
 * @returns the Certificate as it was before
 */
export async function askFor(
  run: Run,
  ref: ObjectRef,
): Promise<KubernetesObject> {
  for (let attempt = 1; ; attempt += 1) {
    const certificate = await run.kubernetes.get(ref);
    if (!certificate) {
      throw new RefusedError(`Certificate "${ref.name}" is not there`, {
        name: NotFoundError.name,
        remedy: 'Repair the drift of this database: that makes it again',
      });
    }
    if (issuing(certificate)?.status === 'True') {
      run.journal.acted(`${ref.name} is being issued already`);
      return certificate;
    }
    try {
      await run.kubernetes.updateStatus(
        withIssuing(certificate, run.clock.now()),
      );
      run.journal.record(ref, 'configured');
      return certificate;
    } catch (error) {
      const isStale = error instanceof KubernetesConflictError;
      if (!isStale || attempt === ATTEMPTS) throw error;
    }
  }
}

/** @see https://github.com/cert-manager/cmctl, `renew`, which writes the same */
function withIssuing(
  certificate: KubernetesObject,
  now: Date,
): KubernetesObject {
  const { status, metadata } = certificate;
  const others = (status?.conditions ?? []).filter(
    ({ type }: { type: string }) => type !== 'Issuing',
  );
  const condition = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'Certificate re-issuance manually triggered',
    lastTransitionTime: `${now.toISOString().slice(0, 19)}Z`,
    observedGeneration: metadata.generation,
  };
  return {
    ...certificate,
    status: { ...status, conditions: [...others, condition] },
  };
}

/** Holds once a certificate was issued after `before`. */
export function issuedAgain(
  ref: ObjectRef,
  before: KubernetesObject,
): ObjectWait {
  const path = `${ref.namespace}/${ref.name}`;
  const look = `kubectl describe certificate,certificaterequest -n ${ref.namespace}`;
  const attempts = (certificate: KubernetesObject) =>
    certificate.status?.failedIssuanceAttempts ?? 0;
  return {
    kind: 'object',
    name: `Certificate ${path} is issued again`,
    ref,
    timeoutMs: ISSUED_WITHIN_MS,
    remedy: `See what the issuer says: ${look}`,
    evaluate(certificate) {
      if (!certificate) {
        return { state: 'failed', why: 'it is gone', remedy: look };
      }
      const condition = issuing(certificate);
      if (condition?.status !== 'True') {
        if (revisionOf(certificate) > revisionOf(before)) {
          const message = `revision ${revisionOf(certificate)}`;
          return { state: 'done', message };
        }
        if (attempts(certificate) > attempts(before)) {
          const why = condition?.message ?? 'issuing it failed';
          return { state: 'failed', why, remedy: look };
        }
      }
      return {
        state: 'waiting',
        why: condition?.message ?? 'cert-manager has not begun',
      };
    },
  };
}

function revisionOf({ status }: KubernetesObject): number {
  return status?.revision ?? 0;
}

function issuing({
  status,
}: KubernetesObject): { status: string; message?: string } | undefined {
  return (status?.conditions ?? []).find(
    ({ type }: { type: string }) => type === 'Issuing',
  );
}
