import { isError } from '@backstage/errors';
import type { LicenceFacts } from '@ringfence/backstage-plugin-ringfence-node';
import { readLicence } from '../../licences/readLicence';
import type { ProbeContext } from './Probe';

/**
 * What the licence says that the nodes start with.
 *
 * @throws Error where its Secret cannot be read
 */
export async function probeLicence({
  tools,
  observation,
}: ProbeContext): Promise<LicenceFacts> {
  const { secret, key } = observation.licence!;
  const data = await tools.secret(secret).catch(error => {
    if (isError(error) && error.name === 'NotFoundError') return undefined;
    throw error;
  });
  const text = data?.[key]?.reveal();
  if (text === undefined) return { is: 'missing' };
  const answer = readLicence(text);
  if (!answer.readable) return { is: 'malformed', why: answer.why };
  const { expiresAt, maxNodes } = answer;
  return {
    is: 'readable',
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(maxNodes !== undefined && { maxNodes }),
  };
}
