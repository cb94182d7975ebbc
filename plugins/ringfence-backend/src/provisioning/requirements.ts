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
        .map(requirement => `${fieldOf(requirement)}: ${wordsOf(requirement)}`)
        .join('; ')}`,
      {
        name: InputError.name,
        remedy:
          required.map(remedyText).filter(Boolean).join('; ') || undefined,
      },
    );
  }
  return unmet.map(requirement =>
    [noteOf(requirement), remedyText(requirement)].filter(Boolean).join('. '),
  );
}

function noteOf(requirement: Requirement): string {
  const words = wordsOf(requirement);
  return requirement.field ? `${fieldOf(requirement)}: ${words}` : words;
}

/** What the Kubernetes cluster itself lacks is a matter of which one was chosen. */
function fieldOf({ field = 'kubernetesCluster' }: Requirement): string {
  return `spec.${field.replace(/^spec\./, '')}`;
}

function wordsOf({ name, field, message }: Requirement): string {
  return field ? message : `${name}: ${message}`;
}

function remedyText({ remedy }: Requirement): string | undefined {
  if (!remedy) return undefined;
  return remedy.command ? `${remedy.text}: ${remedy.command}` : remedy.text;
}
