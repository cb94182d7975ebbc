import { isDeepStrictEqual } from 'node:util';
import { InputError } from '@backstage/errors';
import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Blueprint,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import { RefusedError } from './errors';

/** @throws RefusedError where the namespace holds another database than the wanted one */
export function refuseAnotherDatabase(
  stored: unknown,
  wanted: DatabaseSpec,
): void {
  const { blueprint, name } = (stored ?? {}) as Partial<DatabaseSpec>;
  const field = (
    [
      ['blueprint', blueprint],
      ['name', name],
    ] as const
  ).find(([key, value]) => value !== undefined && value !== wanted[key]);
  if (!field) return;
  throw refused(wanted, [
    `spec.${field[0]}: namespace "${wanted.namespace}" holds database "${name}" of blueprint "${blueprint}", not "${wanted.name}" of "${wanted.blueprint}"`,
  ]);
}

/**
 * Refuses a changed spec that the objects there are cannot follow, before the
 * API server would, and in words about the spec.
 *
 * @throws RefusedError naming every such field
 */
export async function refuseImpossibleChange(
  kubernetes: KubernetesCluster,
  blueprint: Blueprint<any>,
  stored: DatabaseSpec,
  wanted: DatabaseSpec,
): Promise<void> {
  const changed = (blueprint.immutableFields ?? []).filter(
    field => !isDeepStrictEqual(valueAt(stored, field), valueAt(wanted, field)),
  );
  const before: number = blueprint.observation(stored).replicas;
  const after: number = blueprint.observation(wanted).replicas;
  if (changed.length === 0 && after >= before) return;
  if (!(await hasNodesOrVolumes(kubernetes, blueprint, stored))) return;
  const reasons = changed.map(
    field =>
      `spec.${field}: is ${text(
        valueAt(stored, field),
      )} and cannot become ${text(
        valueAt(wanted, field),
      )} once the database has nodes or volumes`,
  );
  if (after < before) {
    reasons.push(
      `spec.replicas: is ${before} and cannot become ${after} this way: nodes must hand over their data before they leave`,
    );
  }
  if (reasons.length > 0) throw refused(wanted, reasons);
}

function refused(spec: DatabaseSpec, reasons: readonly string[]): RefusedError {
  return new RefusedError(reasons.join('; '), {
    name: InputError.name,
    remedy: `Put back what is there, or create another database beside "${spec.namespace}"`,
  });
}

async function hasNodesOrVolumes(
  kubernetes: KubernetesCluster,
  blueprint: Blueprint<any>,
  stored: DatabaseSpec,
): Promise<boolean> {
  const { namespace } = stored;
  const name: string = blueprint.observation(stored).statefulSet;
  const statefulSet = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
  if (await kubernetes.get({ ...statefulSet, namespace, name })) return true;
  const claims = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
  });
  return claims.length > 0;
}

function valueAt(spec: DatabaseSpec, path: string): unknown {
  return path
    .split('.')
    .reduce<any>((value, step) => value?.[step], spec as unknown);
}

function text(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
