import {
  AuthenticationError,
  isError,
  NotFoundError,
  ResponseError,
} from '@backstage/errors';

/** What a gateway in between answers while the backend is away or restarts. */
const AWAY_STATUSES = [502, 503, 504];

/** The connection broke, or the backend is away: posting again may help. */
export class DroppedError extends Error {
  name = 'DroppedError' as const;
}

/**
 * @throws DroppedError where the backend is away
 * @throws AuthenticationError where the sign-in has expired
 * @throws what the backend said, else
 */
export async function throwUnlessOk(response: Response): Promise<void> {
  if (response.ok) return;
  if (AWAY_STATUSES.includes(response.status)) {
    await response.body?.cancel();
    throw new DroppedError(`the Ringfence backend answers ${response.status}`);
  }
  const { cause } = await ResponseError.fromResponse(response);
  if (response.status === 401) throw signInExpired(cause);
  if (response.status === 404 && cause.name === 'Error') {
    throw new NotFoundError(
      'The Ringfence backend is not installed in this portal: add @ringfence/backstage-plugin-ringfence-backend to it',
    );
  }
  throw cause;
}

/** A token lives no longer than the user's sign-in, and a task may. */
export function signInExpired(cause: unknown): AuthenticationError {
  return new AuthenticationError(
    'The sign-in under which this was started has expired. Run it again: it goes on where things stand',
    isError(cause) ? cause : undefined,
  );
}
