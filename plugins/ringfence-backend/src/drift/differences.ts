import { isDeepStrictEqual } from 'node:util';
import {
  MANAGER,
  type DriftField,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { valueText } from './valueText';

/** One step into an object: a field, or an item of a list that has a name. */
type Step = string | { readonly item: Readonly<Record<string, unknown>> };

interface Difference {
  readonly path: readonly Step[];
  readonly live: unknown;
  readonly wanted: unknown;
}

/**
 * The fields in which an object differs from what applying its manifest would
 * make of it, each with the field manager that set it. Nothing of a Secret, or
 * of what looks like a password, is among them.
 *
 * @param wanted - the answer to a forced dry run: the API server has filled in
 * its defaults there as it has in the object
 */
export function differences(
  live: KubernetesObject,
  wanted: KubernetesObject,
): DriftField[] {
  return compare(ownPart(live), ownPart(wanted), []).map(difference => {
    const manager = managerOf(live, difference.path);
    const names = [live.kind, ...namesOf(difference.path)];
    return {
      field: pathText(difference.path),
      ...(difference.wanted !== undefined && {
        wanted: valueText(names, difference.wanted),
      }),
      ...(difference.live !== undefined && {
        found: valueText(names, difference.live),
      }),
      ...(manager && { manager }),
    };
  });
}

/** What a manifest can say: neither the status nor what the API server keeps for itself. */
function ownPart(object: KubernetesObject): Record<string, unknown> {
  const { apiVersion, kind, metadata, status, ...rest } = object;
  const { labels = {}, annotations = {} } = metadata;
  return { ...rest, metadata: { labels, annotations } };
}

function compare(
  live: unknown,
  wanted: unknown,
  path: readonly Step[],
): Difference[] {
  if (isDeepStrictEqual(live, wanted)) return [];
  if (isObject(live) && isObject(wanted)) {
    const fields = new Set([...Object.keys(live), ...Object.keys(wanted)]);
    return [...fields].flatMap(field =>
      compare(own(live, field), own(wanted, field), [...path, field]),
    );
  }
  if (areNamed(live) && areNamed(wanted)) {
    const items = new Map([...live, ...wanted].map(item => [item.name, item]));
    const find = (list: readonly Named[], name: string) =>
      list.find(item => item.name === name);
    const inner = [...items].flatMap(([name, item]) =>
      compare(find(live, name), find(wanted, name), [...path, { item }]),
    );
    // None where they are the same but for their order.
    if (inner.length > 0) return inner;
  }
  return [{ path, live, wanted }];
}

/** A key may be called `constructor`, which every object has one of by birth. */
function own(object: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

type Named = { readonly name: string } & Readonly<Record<string, unknown>>;

function areNamed(value: unknown): value is readonly Named[] {
  if (!Array.isArray(value)) return false;
  const names = value.map(item => item?.name);
  return (
    names.every(name => typeof name === 'string') &&
    new Set(names).size === names.length
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `spec.template.spec.containers[scylla].image`; keys that are no identifiers are in brackets. */
function pathText(path: readonly Step[]): string {
  return path
    .map(step => {
      if (typeof step !== 'string') return `[${step.item.name}]`;
      return /^\w+$/.test(step) ? `.${step}` : `[${step}]`;
    })
    .join('')
    .replace(/^\./, '');
}

function namesOf(path: readonly Step[]): string[] {
  return path.map(step =>
    typeof step === 'string' ? step : String(step.item.name),
  );
}

/** The latest manager other than Ringfence's applies that owns a field, or something in it. */
export function managerOf(
  { metadata }: KubernetesObject,
  path: readonly Step[],
): string | undefined {
  const owners = (metadata.managedFields ?? [])
    .filter(({ subresource }) => !subresource)
    .filter(
      ({ manager, operation }) =>
        !(manager === MANAGER && operation === 'Apply'),
    )
    .filter(({ fieldsV1 }) => isObject(fieldsV1) && owns(fieldsV1, path));
  const times = owners.map(({ time }) => String(time ?? ''));
  const latest = times.sort()[times.length - 1];
  return owners.find(({ time }) => String(time ?? '') === latest)?.manager;
}

/** @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management for the form */
function owns(
  fields: Readonly<Record<string, unknown>>,
  [step, ...rest]: readonly Step[],
): boolean {
  if (step === undefined) return true;
  return Object.entries(fields).some(([key, inner]) => {
    if (!isStep(key, step)) return false;
    // A leaf: it is owned whole.
    if (!isObject(inner) || Object.keys(inner).length === 0) return true;
    return owns(inner, rest);
  });
}

function isStep(key: string, step: Step): boolean {
  if (typeof step === 'string') return key === `f:${step}`;
  if (!key.startsWith('k:')) return false;
  const keys: Record<string, unknown> = JSON.parse(key.slice(2));
  return Object.entries(keys).every(([name, value]) =>
    isDeepStrictEqual(step.item[name], value),
  );
}
