import { InputError } from '@backstage/errors';
import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import { RefusedError } from './errors';

/**
 * Refuses what cannot work on this platform, all of it at once.
 *
 * @returns messages of unmet notes, which stop nothing
 * @throws RefusedError naming each field and its remedy
 */
export function refuseUnmet(
  requirements: readonly Requirement[],
  kubernetesCluster: string,
): string[] {
  const unmet = requirements.filter(({ met }) => !met);
  const required = unmet.filter(({ level }) => level === 'required');
  if (required.length > 0) {
    throw new RefusedError(
      `Kubernetes cluster "${kubernetesCluster}" cannot take this database: ${required
        .map(describe)
        .join('; ')}`,
      {
        name: InputError.name,
        remedy:
          required.map(remedyText).filter(Boolean).join('; ') || undefined,
      },
    );
  }
  return unmet.map(requirement =>
    [describe(requirement), remedyText(requirement)].filter(Boolean).join('. '),
  );
}

function describe({ name, field, message }: Requirement): string {
  return `${field ? `spec.${field.replace(/^spec\./, '')}` : name}: ${message}`;
}

function remedyText({ remedy }: Requirement): string | undefined {
  if (!remedy) return undefined;
  return remedy.command ? `${remedy.text}: ${remedy.command}` : remedy.text;
}
