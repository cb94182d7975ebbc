import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  KubernetesConflictError,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { describeObject } from './objects';

/** What went wrong in a run, with what to do about it. */
export class ProvisioningError extends Error {
  readonly remedy?: string;

  /** @param options - `name`: of the error that people and callers see, such as `ConflictError` */
  constructor(
    message: string,
    options: { name?: string; remedy?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = options.name ?? 'ProvisioningError';
    this.remedy = options.remedy;
  }
}

/** A run that is refused before it changes anything: running it again goes on from nowhere. */
export class RefusedError extends ProvisioningError {}

/** Another run has taken the Lease: this one must not write any more. */
export class LeaseLostError extends Error {
  name = 'LeaseLostError' as const;
}

/** Runs `work` so that what it throws names the object and the remedy. */
export async function aboutObject<T>(
  ref: ObjectRef,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withContext(describeObject(ref), error, remedyFor(error, ref));
  }
}

/** `error` with the name of what it is about before its message, unless it is there. */
export function withContext(
  subject: string,
  error: unknown,
  remedy?: string,
): ProvisioningError {
  if (error instanceof ProvisioningError) return error;
  const { name, message } = error as Error;
  return new ProvisioningError(
    message.startsWith(subject) ? message : `${subject}: ${message}`,
    { name, remedy, cause: error },
  );
}

/** What to do about an error of the API server. */
export function remedyFor(error: unknown, ref?: ObjectRef): string | undefined {
  if (error instanceof KubernetesConflictError)
    return conflictRemedy(error, ref);
  if (error instanceof NotAllowedError) {
    return "Grant Ringfence's account what the message names; deploy/ holds the roles it needs";
  }
  if (error instanceof ServiceUnavailableError) {
    return 'Make sure that the portal reaches the API server of this Kubernetes cluster';
  }
  if (error instanceof InputError) {
    return 'Change the field of the spec that the message is about';
  }
  return undefined;
}

function conflictRemedy(
  error: KubernetesConflictError,
  ref?: ObjectRef,
): string {
  if (error.reason !== 'FieldManager' || !ref) {
    return 'Someone else writes to this object at the same time: let them finish';
  }
  const managers = error.managers.map(manager => `"${manager}"`).join(', ');
  const namespace = ref.namespace ? ` -n ${ref.namespace}` : '';
  return (
    `Have ${managers || 'the other manager'} give up these fields; ` +
    `who owns which: kubectl get ${ref.kind} ${ref.name}${namespace} -o yaml --show-managed-fields`
  );
}

/** For callers over HTTP: the error of Backstage whose name `error` carries, with the remedy in its message. */
export function asBackstageError(error: unknown): unknown {
  if (!(error instanceof ProvisioningError)) return error;
  const message = [error.message, error.remedy].filter(Boolean).join('. ');
  const types = [
    ConflictError,
    InputError,
    NotAllowedError,
    NotFoundError,
    ServiceUnavailableError,
  ];
  const Type = types.find(type => type.name === error.name);
  // Without the cause, whose message would be said a second time.
  return Type ? new Type(message) : error;
}
