import type {
  Remedy,
  Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';

/** Whether something is met, before it has a name. */
export interface Answer {
  readonly met: boolean;
  readonly message: string;
  readonly remedy?: Remedy;
}

/** A requirement of which an unmet one stops provisioning. */
export function required(
  name: string,
  answer: Answer,
  field?: string,
): Requirement {
  return { name, level: 'required', ...(field && { field }), ...answer };
}

/** What a person should know; it never stops provisioning. */
export function note(
  name: string,
  answer: Answer,
  field?: string,
): Requirement {
  return { name, level: 'note', ...(field && { field }), ...answer };
}

/** Something that is there. */
export function met(message: string): Answer {
  return { met: true, message };
}

/** Something that is missing, with what to do. */
export function unmet(message: string, text: string, command?: string): Answer {
  return { met: false, message, remedy: { text, ...(command && { command }) } };
}

/** What the portal allows leaves this one out. */
export function notAllowed(
  kind: string,
  name: string,
  allowed: readonly string[],
  platform: Platform,
): Answer {
  return unmet(
    `${kind} "${name}" is not among those that the portal allows in Kubernetes cluster "${
      platform.kubernetesCluster
    }": ${list(allowed)}`,
    `Choose one of: ${list(allowed)}`,
  );
}

/** Names for people: `a, b`, or `none`. */
export function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'none';
}
