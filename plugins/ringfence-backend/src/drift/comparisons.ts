import type { DriftField } from '@ringfence/backstage-plugin-ringfence-common';
import { z } from 'zod/v3';

/** How an object compared with its manifest. */
export interface Comparison {
  /** Of the object and of its manifest: where both are as they were, so is the answer. */
  readonly fingerprint: string;
  readonly drift: DriftField[];
  /** By `Date.now()`. */
  readonly at: number;
}

/** By what tells objects apart. */
export type Comparisons = Map<string, Comparison>;

const text = z.string().optional();
const schema = z.array(
  z.tuple([
    z.string(),
    z.object({
      fingerprint: z.string(),
      drift: z.array(
        z.object({ field: text, wanted: text, found: text, manager: text }),
      ),
      at: z.number(),
    }),
  ]),
);

/** Those that were kept; none where they are of another version of the portal, or cut off. */
export function parseComparisons(kept: string): Comparisons {
  try {
    return new Map(schema.parse(JSON.parse(kept)));
  } catch {
    return new Map();
  }
}
