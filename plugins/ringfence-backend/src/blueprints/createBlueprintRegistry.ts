import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';
import type { z } from 'zod/v3';
import type { BlueprintRegistry, ParsedSpec } from './BlueprintRegistry';
import { cassandraKeystores } from './cassandra-keystores';
import { cassandraSidecar } from './cassandra-sidecar';
import { igniteSidecar } from './ignite-sidecar';
import { k8ssandra } from './k8ssandra';
import { scylladbAmbient } from './scylladb-ambient';
import { takeSecrets } from './takeSecrets';

/** The blueprints that come with Ringfence. */
export const builtInBlueprints: readonly Blueprint<any>[] = [
  scylladbAmbient,
  cassandraSidecar,
  cassandraKeystores,
  igniteSidecar,
  k8ssandra,
];

/**
 * The registry of the built-in blueprints and `extra` ones.
 *
 * @throws ConflictError where two are of one kind
 */
export function createBlueprintRegistry(
  extra: readonly Blueprint<any>[] = [],
): BlueprintRegistry {
  const byKind = indexByKind([...builtInBlueprints, ...extra]);
  const kinds = [...byKind.keys()].join(', ');

  const get = (kind: string): Blueprint<any> => {
    const blueprint = byKind.get(kind);
    if (!blueprint) {
      throw new NotFoundError(`Blueprint "${kind}" not found; known: ${kinds}`);
    }
    return blueprint;
  };

  return {
    list: () => [...byKind.values()],
    get,
    parse(spec: unknown): ParsedSpec {
      const kind = kindOf(spec);
      if (kind === undefined || !byKind.has(kind)) {
        throw new InputError(`spec.blueprint: must be one of ${kinds}`);
      }
      const blueprint = get(kind);
      const result = blueprint.schema.safeParse(
        takeSecrets(spec, blueprint).spec,
      );
      if (result.success) return { blueprint, spec: result.data };
      throw new InputError(describeIssues(result.error.issues));
    },
  };
}

function indexByKind(
  blueprints: readonly Blueprint<any>[],
): Map<string, Blueprint<any>> {
  const byKind = new Map<string, Blueprint<any>>();
  for (const blueprint of blueprints) {
    if (byKind.has(blueprint.kind)) {
      throw new ConflictError(
        `Two blueprints are of kind "${blueprint.kind}": give one another kind`,
      );
    }
    byKind.set(blueprint.kind, blueprint);
  }
  return byKind;
}

function kindOf(spec: unknown): string | undefined {
  if (typeof spec !== 'object' || spec === null) return undefined;
  const { blueprint } = spec as { blueprint?: unknown };
  return typeof blueprint === 'string' ? blueprint : undefined;
}

/** `spec.certificate.renewBefore: must be shorter than duration (2160h)`, one per issue. */
function describeIssues(issues: readonly z.ZodIssue[]): string {
  return issues.map(describeIssue).join('; ');
}

function describeIssue(issue: z.ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const fields = issue.keys.map(key => pathText([...issue.path, key]));
    return `${fields.join(', ')}: no such field`;
  }
  const missing =
    issue.code === 'invalid_type' && issue.received === 'undefined';
  const message = missing ? 'is required' : uncapitalize(issue.message);
  return `${pathText(issue.path)}: ${message}`;
}

/** `spec.access.clients[0].namespace`; keys that are no identifiers are quoted. */
function pathText(path: readonly (string | number)[]): string {
  const steps = path.map(step => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_]\w*$/.test(step)
      ? `.${step}`
      : `[${JSON.stringify(step)}]`;
  });
  return `spec${steps.join('')}`;
}

function uncapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
