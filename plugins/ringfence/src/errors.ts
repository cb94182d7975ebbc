import { ResponseError } from '@backstage/errors';

/** What kind of failure an answer of the backend is, for the reader. */
export type FailureKind = 'denied' | 'missing' | 'unreachable' | 'other';

const KIND_BY_NAME: Readonly<Record<string, FailureKind>> = {
  NotAllowedError: 'denied',
  NotFoundError: 'missing',
  // What `fetch` throws where no answer came.
  TypeError: 'unreachable',
};

/** Tells refusals, missing databases and an unreachable backend apart. */
export function failureKind(error: Error): FailureKind {
  if (!isResponseError(error)) return KIND_BY_NAME[error.name] ?? 'other';
  if (error.statusCode === 403) return 'denied';
  return KIND_BY_NAME[error.cause?.name] ?? 'other';
}

/** The backend's own words where it said some. */
export function failureMessage(error: Error): string {
  return (isResponseError(error) && error.cause?.message) || error.message;
}

function isResponseError(error: Error): error is ResponseError {
  return error.name === 'ResponseError';
}
