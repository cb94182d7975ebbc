import { z } from 'zod/v3';

/** `apiVersion` of every spec. */
export const SPEC_API_VERSION = 'ringfence.dev/v1';

/** A DNS label (RFC 1123): what Kubernetes takes as the name of a namespace or Service. */
export const dnsLabelSchema = z
  .string()
  .max(63, 'must be no longer than 63 characters')
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and "-", beginning and ending with a letter or digit',
  );

/** An entity ref of a User or Group, complete: `group:default/payments`. */
export const ownerRefSchema = z
  .string()
  .regex(
    /^(user|group):[a-z0-9][a-z0-9_.-]*\/[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    'must be a complete entity ref of a user or group, such as group:default/payments',
  );

/** The fields that every spec has, whatever its blueprint. */
export const databaseSpecShape = {
  apiVersion: z.literal(SPEC_API_VERSION).default(SPEC_API_VERSION),
  name: dnsLabelSchema
    // Objects are named `<name>-<suffix>`; a pod's name must still be a label.
    .max(40, 'must be no longer than 40 characters')
    .describe('Name of the database'),
  kubernetesCluster: z
    .string()
    .min(1)
    .max(63)
    .regex(
      /^[A-Za-z0-9][-A-Za-z0-9_.]*$/,
      'must be the name of a Kubernetes cluster',
    )
    .describe('Kubernetes cluster that it runs in'),
  namespace: dnsLabelSchema.describe('Namespace, made for this database alone'),
  owner: ownerRefSchema.describe('Who owns it: a user or group'),
};

/**
 * Which of a database's own CAs sign and which are trusted, by number; two are
 * trusted while one takes the other's place.
 */
export interface Authorities {
  /** The one that signs what is issued from now on. */
  readonly signing: number;
  /** All that are made and trusted, that one among them; ascending. */
  readonly trusted: readonly number[];
  /** The step that was begun and is not done; what is to be there does not depend on it. */
  readonly step?: RotationStep;
}

/** Of a database whose CA was never rotated. */
export const FIRST_AUTHORITIES: Authorities = { signing: 1, trusted: [1] };

/** The steps of a CA's rotation in their order. */
export const ROTATION_STEPS = ['trust', 'issue', 'drop'] as const;
/** One of {@link ROTATION_STEPS}. */
export type RotationStep = (typeof ROTATION_STEPS)[number];

/** What every blueprint's spec extends. */
export interface DatabaseSpec {
  readonly apiVersion: typeof SPEC_API_VERSION;
  readonly blueprint: string;
  readonly name: string;
  readonly kubernetesCluster: string;
  readonly namespace: string;
  readonly owner: string;
  /**
   * No part of the document that users write, and never stored in it: the
   * Namespace says how far a rotation has come. Absent: {@link FIRST_AUTHORITIES}.
   */
  readonly authorities?: Authorities;
}
