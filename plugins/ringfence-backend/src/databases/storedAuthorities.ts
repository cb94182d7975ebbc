import { InputError } from '@backstage/errors';
import {
  AUTHORITIES_ANNOTATION,
  ROTATION_STEPS,
  type Authorities,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';

/** More than one a day for a hundred years; names of objects hold it. */
const MAX_NUMBER = 99_999;

const number = z.number().int().min(1).max(MAX_NUMBER);
const schema = z
  .object({
    signing: number,
    trusted: z.array(number).min(1).max(2),
    step: z.enum(ROTATION_STEPS).optional(),
  })
  .strict()
  .refine(isLeftByAStep);

/** From any other a step might take away the CA that signs, or one that is trusted. */
function isLeftByAStep({ signing, trusted, step }: Authorities): boolean {
  const [first, second] = trusted;
  if (second === undefined) {
    const isDropped = step === 'drop' && signing > 1;
    return signing === first && (step === undefined || isDropped);
  }
  if (second !== first + 1) return false;
  if (signing === first) return step === undefined || step === 'trust';
  return signing === second && (step === undefined || step === 'issue');
}

/**
 * Which CAs a database has, as its Namespace says.
 *
 * @returns undefined where none was ever rotated
 * @throws InputError where the annotation cannot be read
 */
export function readAuthorities({
  metadata,
}: KubernetesObject): Authorities | undefined {
  const text = metadata.annotations?.[AUTHORITIES_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new InputError(
      `Annotation "${AUTHORITIES_ANNOTATION}" of Namespace "${metadata.name}" does not say which CAs there are. See who changed it: kubectl get namespace ${metadata.name} -o yaml --show-managed-fields`,
    );
  }
}

/** The annotation that says so; none where none was ever rotated. */
export function authoritiesAnnotation(
  authorities: Authorities | undefined,
): Record<string, string> {
  if (!authorities) return {};
  const { signing, trusted, step } = authorities;
  const text = JSON.stringify({ signing, trusted, step });
  return { [AUTHORITIES_ANNOTATION]: text };
}

/**
 * The spec with the CAs that its Namespace names.
 *
 * @throws InputError where the annotation cannot be read
 */
export function withAuthorities<Parsed extends { readonly spec: DatabaseSpec }>(
  parsed: Parsed,
  namespace: KubernetesObject | undefined,
): Parsed {
  const authorities = namespace && readAuthorities(namespace);
  return authorities
    ? { ...parsed, spec: { ...parsed.spec, authorities } }
    : parsed;
}

/** The spec as users write it, and as it is stored. */
export function documentOf<Spec extends DatabaseSpec>(spec: Spec): Spec {
  const { authorities: _, ...document } = spec;
  return document as Spec;
}
