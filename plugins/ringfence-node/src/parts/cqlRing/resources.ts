import { z } from 'zod/v3';
import { toMebibytes } from '../quantity';
import { bytesSchema } from '../spec';

/** What a node of a ring has. */
export interface RingResources {
  readonly cores: number;
  /** A quantity, such as `16Gi`. */
  readonly memory: string;
}

/** What a node gets unless the spec says otherwise; dev is what it takes to start, and no more. */
export interface RingResourcePresets {
  readonly dev: RingResources;
  readonly production: RingResources;
}

type Profile = keyof RingResourcePresets;

/** What `nodetool` and `cqlsh` need in the container besides the database itself. */
const TOOLS_MEBIBYTES = 512;
/** In the dev profile cores are shared: this much of one is reserved. */
const DEV_CPU_REQUEST = '250m';

/** Field `resources` of a spec. @param memory - what is described */
export function ringResourcesSchema(
  { production }: RingResourcePresets,
  memory: string,
) {
  return z
    .object({
      cores: z
        .number()
        .int()
        .min(1)
        .max(256)
        .optional()
        .describe(`Whole cores of each node; default ${production.cores}`),
      memory: bytesSchema
        .optional()
        .describe(`${memory}; default ${production.memory}`),
    })
    .strict();
}

/** What a spec asks for, with the presets of its profile in what it leaves out. */
export function completeResources(
  spec: { profile: Profile; resources: Partial<RingResources> },
  presets: RingResourcePresets,
): RingResources {
  return { ...presets[spec.profile], ...spec.resources };
}

/** Refuses resources of one's own in the dev profile. */
export function refuseDevResources(
  spec: { profile: Profile; resources: Partial<RingResources> },
  presets: RingResourcePresets,
  context: z.RefinementCtx,
): void {
  if (spec.profile !== 'dev') return;
  const { dev } = presets;
  const { cores, memory } = completeResources(spec, presets);
  // A completed spec is read again on every run, so the preset itself passes.
  if (cores === dev.cores && memory === dev.memory) return;
  context.addIssue({
    code: 'custom',
    path: ['resources'],
    message: `must be left out in the dev profile, which has ${dev.cores} core and ${dev.memory} a node; choose profile production`,
  });
}

/** What the container asks for. In production requests equal limits in whole cores, so that the kubelet may pin them. */
export function containerResources(spec: {
  readonly profile: Profile;
  readonly resources: RingResources;
}) {
  const memory = `${toMebibytes(spec.resources.memory) + TOOLS_MEBIBYTES}Mi`;
  const cpu = String(spec.resources.cores);
  return {
    requests: { cpu: spec.profile === 'dev' ? DEV_CPU_REQUEST : cpu, memory },
    limits: { cpu, memory },
  };
}
