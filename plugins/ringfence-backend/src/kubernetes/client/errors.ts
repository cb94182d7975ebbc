import {
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { KubernetesConflictError } from '@ringfence/backstage-plugin-ringfence-node';

/** What was asked of the API server, for the words of an error. */
export interface RequestContext {
  readonly kubernetesCluster: string;
  /** As RBAC has it: get, list, watch, create, patch, update, delete. */
  readonly verb: string;
  /** As RBAC has it, such as `certificates.cert-manager.io` or `pods/exec`. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The API server's answer to what it does not do. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly causes?: ReadonlyArray<{
      readonly reason?: string;
      readonly message?: string;
    }>;
  };
}

/** What was asked for is too old: list again. `ListWatch` knows it by `statusCode`. */
export class ExpiredError extends Error {
  readonly name = 'ExpiredError';
  readonly statusCode = 410;
}

/**
 * How the API server words an object of the wrong shape in a server-side apply:
 * it answers 500, though asking again would help nobody.
 */
const MALFORMED =
  /^(failed to create typed patch object|failed to convert new object) /;

/** The error for an answer that is no success. */
export function statusError(
  code: number,
  status: Status,
  context: RequestContext,
): Error {
  const words = status.message ?? `HTTP status ${code}`;
  const { kubernetesCluster, verb, resource } = context;
  const what = `Cannot ${verb} ${describeObject(
    context,
  )} in Kubernetes cluster "${kubernetesCluster}"`;
  switch (code) {
    case 400:
    case 413:
    case 422:
      return new InputError(`${what}: ${words}`);
    case 401:
      return new ServiceUnavailableError(
        `Kubernetes cluster "${kubernetesCluster}" does not accept Ringfence's credentials: ${words}. Renew the token or certificate in its configuration`,
      );
    case 403:
      return new NotAllowedError(
        `${what}: ${words}${grantHint(words, verb, resource)}`,
      );
    case 404:
      return new NotFoundError(`${what}: ${words}`);
    case 409:
      return conflictError(status, `${what}: ${words}`);
    case 410:
      return new ExpiredError(`${what}: ${words}`);
    default:
      return MALFORMED.test(words)
        ? new InputError(`${what}: ${words}`)
        : new ServiceUnavailableError(`${what}: ${words}`);
  }
}

/** Only where a right is missing; admission and quotas answer 403, too. */
function grantHint(words: string, verb: string, resource: string): string {
  return / cannot \S+ resource /.test(words)
    ? `. Grant ${verb} on ${resource} to Ringfence's account`
    : '';
}

function describeObject(context: RequestContext): string {
  const { resource, namespace, name } = context;
  if (name) {
    return `${resource} "${namespace ? `${namespace}/` : ''}${name}"`;
  }
  return namespace ? `${resource} of namespace "${namespace}"` : resource;
}

function conflictError(
  { reason, details }: Status,
  message: string,
): KubernetesConflictError {
  if (reason === 'AlreadyExists') {
    return new KubernetesConflictError(message, 'AlreadyExists');
  }
  const managers = (details?.causes ?? [])
    .filter(cause => cause.reason === 'FieldManagerConflict')
    .map(cause => /^conflict with "([^"]*)"/.exec(cause.message ?? '')?.[1])
    .filter((manager): manager is string => manager !== undefined);
  return managers.length > 0
    ? new KubernetesConflictError(message, 'FieldManager', [
        ...new Set(managers),
      ])
    : new KubernetesConflictError(message, 'ResourceVersion');
}

/** The error for a request that got no answer. */
export function networkError(
  error: NodeJS.ErrnoException,
  kubernetesCluster: string,
  server: string,
): ServiceUnavailableError {
  return new ServiceUnavailableError(
    `Kubernetes cluster "${kubernetesCluster}" cannot be reached at ${server}: ${
      error.message || error.code
    }`,
  );
}
