import { InputError } from '@backstage/errors';
import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';

/** What users send, parted into what may be kept and what may not. */
export interface Order {
  readonly spec: unknown;
  /** Secrets by the field that they were given in. */
  readonly given: Readonly<Record<string, string>>;
}

/**
 * Takes the secrets out of what users send, before it is read, logged or stored.
 *
 * @throws InputError where one is no text
 */
export function takeSecrets(
  sent: unknown,
  { secretFields = [] }: Pick<Blueprint<any>, 'secretFields'>,
): Order {
  const given: Record<string, string> = {};
  let spec = sent;
  for (const field of secretFields) {
    const value = valueAt(spec, field.split('.'));
    if (value === undefined) continue;
    spec = without(spec, field.split('.'));
    // What a form leaves empty is not given.
    if (value === '') continue;
    if (typeof value !== 'string') {
      throw new InputError(`spec.${field}: must be a text`);
    }
    given[field] = value;
  }
  return { spec, given };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return isObject(value) ? valueAt(value[key], rest) : undefined;
}

function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (!isObject(value)) return value;
  if (rest.length > 0) return { ...value, [key]: without(value[key], rest) };
  const { [key]: _taken, ...others } = value;
  return others;
}
