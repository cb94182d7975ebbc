import type { DriftedField } from '@ringfence/backstage-plugin-ringfence-node';
import type { ProbeContext } from './Probe';

/**
 * Where the objects differ from the manifests of the stored spec.
 *
 * @throws Error where they cannot be compared
 */
export async function probeDrift({
  readDrift,
}: ProbeContext): Promise<readonly DriftedField[]> {
  if (!readDrift) throw new Error('Not looked at');
  const manifests = await readDrift();
  return manifests.flatMap(({ object, drift }) =>
    drift.map(field => ({ object, ...field })),
  );
}
