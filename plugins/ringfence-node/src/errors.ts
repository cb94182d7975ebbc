import { ConflictError } from '@backstage/errors';

/** Why a write did not fit what is there. */
export type KubernetesConflictReason =
  | 'AlreadyExists'
  /** Another field manager owns a field that the apply names. */
  | 'FieldManager'
  /** The object changed since it was read. */
  | 'ResourceVersion';

/** A write that did not fit what is there. */
export class KubernetesConflictError extends ConflictError {
  name = 'ConflictError' as const;
  readonly reason: KubernetesConflictReason;
  /** With `FieldManager`: who owns the fields. */
  readonly managers: readonly string[];

  constructor(
    message: string,
    reason: KubernetesConflictReason,
    managers: readonly string[] = [],
  ) {
    super(message);
    this.reason = reason;
    this.managers = managers;
  }
}

/** Whether `error` says that the object to create is there already. */
export function isAlreadyExists(error: unknown): boolean {
  return (
    error instanceof KubernetesConflictError && error.reason === 'AlreadyExists'
  );
}
