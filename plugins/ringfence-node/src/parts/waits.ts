import type { ObjectWait, WaitState } from '../blueprint';
import type { KubernetesObject, ObjectRef } from '../kubernetes';
import {
  describeCondition,
  findCondition,
  holds,
  type Condition,
} from './conditions';

const MINUTE_MS = 60_000;

/** An object as people write it: `Certificate "orders/orders-tls"`. */
export function describeRef({ kind, namespace, name }: ObjectRef): string {
  return `${kind} "${namespace ? `${namespace}/` : ''}${name}"`;
}

/** The command that shows an object and its events. */
export function describeCommand({ kind, namespace, name }: ObjectRef): string {
  const inNamespace = namespace ? ` -n ${namespace}` : '';
  return `kubectl describe ${kind.toLowerCase()} ${name}${inNamespace}`;
}

/** Waits have what is not there yet, and what has no status yet, in common. */
function objectWait(
  ref: ObjectRef,
  wait: Pick<ObjectWait, 'name' | 'timeoutMs' | 'remedy'>,
  evaluate: (object: KubernetesObject, waitedMs: number) => WaitState,
): ObjectWait {
  return {
    kind: 'object',
    ref,
    ...wait,
    evaluate: (object, waitedMs) =>
      object
        ? evaluate(object, waitedMs)
        : waiting(`${describeRef(ref)} is not there yet`),
  };
}

function waiting(why: string): WaitState {
  return { state: 'waiting', why };
}

/**
 * A Certificate is Ready, and by its dates too: `Ready=True` has been seen on
 * expired ones.
 *
 * @param clock - what time it is; for tests
 */
export function certificateReady(
  ref: ObjectRef,
  clock: () => Date = () => new Date(),
): ObjectWait {
  return objectWait(
    ref,
    {
      name: `${describeRef(ref)} is Ready`,
      timeoutMs: 3 * MINUTE_MS,
      remedy: `Look at: ${describeCommand(
        ref,
      )}; and at the requests: kubectl describe certificaterequest -n ${
        ref.namespace
      }`,
    },
    certificate => evaluateCertificate(ref, certificate, clock()),
  );
}

function evaluateCertificate(
  ref: ObjectRef,
  { metadata, status, ...rest }: KubernetesObject,
  now: Date,
): WaitState {
  const certificate = { metadata, status, ...rest };
  const conditions: Condition[] | undefined = status?.conditions;
  const ready = findCondition(conditions, 'Ready');
  const issuing = findCondition(conditions, 'Issuing');
  // cert-manager tries again after an hour at the earliest.
  if (status?.failedIssuanceAttempts > 0 && issuing?.status !== 'True') {
    return {
      state: 'failed',
      why: `${describeRef(ref)} was refused: ${describeCondition(
        'Issuing',
        issuing,
      )}`,
      remedy: `Mend the issuer or the names, then: cmctl renew ${ref.name} -n ${ref.namespace}`,
    };
  }
  if (!holds(ready, certificate)) {
    return waiting(describeCondition('Ready', ready, certificate));
  }
  const dates = datesProblem(status, now);
  if (dates) return waiting(`Ready=True, but ${dates}`);
  return { state: 'done', message: `valid until ${status.notAfter}` };
}

function datesProblem(
  status: { notBefore?: string; notAfter?: string },
  now: Date,
): string | undefined {
  if (!status.notAfter) return 'it has no notAfter yet';
  if (new Date(status.notAfter) <= now) {
    return `it expired at ${status.notAfter}`;
  }
  return undefined;
}

/** An Issuer is Ready. */
export function issuerReady(ref: ObjectRef): ObjectWait {
  return objectWait(
    ref,
    {
      name: `${describeRef(ref)} is Ready`,
      timeoutMs: 2 * MINUTE_MS,
      remedy: `Look at: ${describeCommand(ref)}`,
    },
    issuer => {
      const ready = findCondition(issuer.status?.conditions, 'Ready');
      return holds(ready, issuer)
        ? { state: 'done', message: 'it signs' }
        : waiting(describeCondition('Ready', ready, issuer));
    },
  );
}

/** Every pod of a StatefulSet runs its newest template and is ready. */
export function statefulSetRolledOut(
  ref: ObjectRef,
  { timeoutMs }: { timeoutMs: number },
): ObjectWait {
  return objectWait(
    ref,
    {
      name: `${describeRef(ref)} is rolled out`,
      timeoutMs,
      remedy: `Look at: ${describeCommand(ref)}; kubectl get pods,events -n ${
        ref.namespace
      }; a pod that stays Pending says why in its events`,
    },
    evaluateStatefulSet,
  );
}

function evaluateStatefulSet({
  metadata,
  spec,
  status = {},
}: KubernetesObject): WaitState {
  const wanted: number = spec?.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0 } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    return waiting('its controller has not seen it yet');
  }
  if (updatedReplicas < wanted) {
    return waiting(`${updatedReplicas} of ${wanted} pods are up to date`);
  }
  if (readyReplicas < wanted) {
    return waiting(`${readyReplicas} of ${wanted} pods are ready`);
  }
  return { state: 'done', message: `${wanted} of ${wanted} pods are ready` };
}
