import { z } from 'zod/v3';

/** A cache as users write it. */
export const cacheSchema = z
  .object({
    name: z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
        'must begin with a letter and hold only letters, digits, "_" and "-"',
      )
      .describe('Name of the cache'),
    mode: z
      .enum(['PARTITIONED', 'REPLICATED'])
      .default('PARTITIONED')
      .describe(
        'PARTITIONED: each node has a part. REPLICATED: each node has all',
      ),
    backups: z
      .number()
      .int('must be a whole number')
      .min(0, 'must be at least 0')
      .max(5, 'must be at most 5')
      .optional()
      .describe(
        'Of a PARTITIONED cache: on how many further nodes each entry is; default 1, or 0 with a single node',
      ),
  })
  .strict();

/** A cache that the nodes make at their start. */
export interface CacheSpec {
  readonly name: string;
  readonly mode: 'PARTITIONED' | 'REPLICATED';
  /** Absent where each node has all. */
  readonly backups?: number;
}

type Cache = z.infer<typeof cacheSchema>;

/** A cache with the backups that so many nodes can have. */
export function completeCache(
  { name, mode, backups }: Cache,
  replicas: number,
): CacheSpec {
  if (mode === 'REPLICATED') return { name, mode };
  return { name, mode, backups: backups ?? Math.min(1, replicas - 1) };
}

/** Refuses, in a schema's `superRefine`, caches that no cluster of that size can make. */
export function refuseUnusableCaches(
  {
    caches,
    replicas,
  }: { readonly caches: readonly Cache[]; readonly replicas: number },
  context: z.RefinementCtx,
) {
  const refuse = (index: number, field: string, message: string) =>
    context.addIssue({
      code: 'custom',
      path: ['caches', index, field],
      message,
    });
  caches.forEach(({ name, mode, backups }, index) => {
    if (caches.findIndex(other => other.name === name) !== index) {
      refuse(index, 'name', `must be another: there is a cache "${name}"`);
    }
    if (backups === undefined) return;
    if (mode === 'REPLICATED') {
      refuse(
        index,
        'backups',
        'must be left out where mode is REPLICATED: every node has all',
      );
    } else if (backups >= replicas) {
      refuse(
        index,
        'backups',
        `must be fewer than replicas (${replicas}): each copy is on another node`,
      );
    }
  });
}
