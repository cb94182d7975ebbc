/**
 * One step into an object: a field, an item of a keyed list by its keys, or a
 * value of a set, written as the API server writes it in `managedFields`.
 */
export type Step = string;

/** A path to one field, its steps joined; a leaf of what a manager owns. */
export type FieldPath = string;

const SEPARATOR = '\u0000';

/** Which lists are merged by key, by the path of their fields; all others are replaced whole. */
const KEYED_LISTS: ReadonlyArray<readonly [RegExp, readonly string[]]> = [
  [/^metadata\.ownerReferences$/, ['uid']],
  [/(^|\.)conditions$/, ['type']],
  [/\.(containers|initContainers|ephemeralContainers)$/, ['name']],
  [/\.(containers|initContainers)\.env$/, ['name']],
  [/\.(containers|initContainers)\.ports$/, ['containerPort', 'protocol']],
  [/\.(containers|initContainers)\.volumeMounts$/, ['mountPath']],
  [/^spec(\.template\.spec)?\.volumes$/, ['name']],
  [/^spec(\.template\.spec)?\.imagePullSecrets$/, ['name']],
  [
    /^spec(\.template\.spec)?\.topologySpreadConstraints$/,
    ['topologyKey', 'whenUnsatisfiable'],
  ],
  [/^spec\.listeners$/, ['name']],
  [/^Service:spec\.ports$/, ['port', 'protocol']],
  [/^ServiceAccount:secrets$/, ['name']],
];

const SETS = [/^metadata\.finalizers$/];

/** Fields that the server sets itself and nobody owns. */
const SERVER_FIELDS = new Set([
  'apiVersion',
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.creationTimestamp',
  'metadata.deletionTimestamp',
  'metadata.managedFields',
]);

type Listing =
  | { readonly type: 'map'; readonly keys: readonly string[] }
  | { readonly type: 'set' }
  | { readonly type: 'atomic' };

function listing(kind: string, schemaPath: string): Listing {
  if (SETS.some(pattern => pattern.test(schemaPath))) return { type: 'set' };
  const found = KEYED_LISTS.find(
    ([pattern]) =>
      pattern.test(schemaPath) || pattern.test(`${kind}:${schemaPath}`),
  );
  return found ? { type: 'map', keys: found[1] } : { type: 'atomic' };
}

/** `protocol` is a key whose default is TCP; the others have none. */
function keyOf(item: any, keys: readonly string[]): Step {
  const entries = keys.map(key => [
    key,
    item?.[key] ?? (key === 'protocol' ? 'TCP' : null),
  ]);
  return `k:${JSON.stringify(Object.fromEntries(entries))}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The children of a value: undefined where it is a leaf. */
function children(
  kind: string,
  schemaPath: string,
  value: unknown,
): Array<{ step: Step; schemaPath: string; value: unknown }> | undefined {
  if (isMap(value)) {
    return Object.entries(value).map(([field, child]) => ({
      step: `f:${field}`,
      schemaPath: schemaPath ? `${schemaPath}.${field}` : field,
      value: child,
    }));
  }
  if (!Array.isArray(value)) return undefined;
  const list = listing(kind, schemaPath);
  if (list.type === 'atomic') return undefined;
  return value.map(item =>
    list.type === 'map'
      ? { step: keyOf(item, list.keys), schemaPath, value: item }
      : { step: `v:${JSON.stringify(item)}`, schemaPath, value: undefined },
  );
}

/** The path and key of an item of a keyed list that an earlier item has, too. */
export function findRepeatedKey(
  kind: string,
  object: object,
): string | undefined {
  const visit = (value: unknown, schemaPath: string): string | undefined => {
    const inner = children(kind, schemaPath, value) ?? [];
    const steps = inner.map(({ step }) => step);
    const repeated = steps.find((step, index) => steps.indexOf(step) < index);
    if (repeated !== undefined) return `${schemaPath} ${repeated}`;
    for (const child of inner) {
      const found = visit(child.value, child.schemaPath);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(object, '');
}

/** The fields that an object names, each with its value. */
export function fieldsOf(
  kind: string,
  object: object,
  options: { skipStatus: boolean },
): Map<FieldPath, unknown> {
  const fields = new Map<FieldPath, unknown>();
  const visit = (value: unknown, steps: Step[], schemaPath: string) => {
    if (SERVER_FIELDS.has(schemaPath)) return;
    if (options.skipStatus && schemaPath === 'status') return;
    const inner = children(kind, schemaPath, value);
    if (steps.length > 0 && (!inner || inner.length === 0)) {
      fields.set(steps.join(SEPARATOR), value);
    }
    // An item of a keyed list is owned besides its fields: it goes when its last owner drops it.
    if (inner?.length && steps[steps.length - 1]?.startsWith('k:')) {
      fields.set([...steps, '.'].join(SEPARATOR), undefined);
    }
    inner?.forEach(child =>
      visit(child.value, [...steps, child.step], child.schemaPath),
    );
  };
  visit(object, [], '');
  return fields;
}

/** Merges `applied` over `live`: maps by field, keyed lists by key, the rest replaced. */
export function merge(
  kind: string,
  live: unknown,
  applied: unknown,
  schemaPath = '',
): unknown {
  if (isMap(live) && isMap(applied)) {
    const result: Record<string, unknown> = { ...live };
    for (const [field, value] of Object.entries(applied)) {
      const childPath = schemaPath ? `${schemaPath}.${field}` : field;
      result[field] = merge(kind, live[field], value, childPath);
    }
    return result;
  }
  if (!Array.isArray(live) || !Array.isArray(applied)) return applied;
  const list = listing(kind, schemaPath);
  if (list.type === 'set') return [...new Set([...live, ...applied])];
  if (list.type === 'atomic') return applied;
  const result = [...live];
  for (const item of applied) {
    const key = keyOf(item, list.keys);
    const at = result.findIndex(other => keyOf(other, list.keys) === key);
    if (at < 0) result.push(item);
    else result[at] = merge(kind, result[at], item, schemaPath);
  }
  return result;
}

/** Whether `path` is `other` or a field inside of it. */
function isAtOrIn(path: FieldPath, other: FieldPath): boolean {
  return path === other || path.startsWith(other + SEPARATOR);
}

/** Removes a field in place, unless one of `kept` is it or lies inside it; empties above it go too. */
export function removeField(
  kind: string,
  object: Record<string, any>,
  path: FieldPath,
  kept: ReadonlySet<FieldPath>,
): void {
  const whole = path.endsWith(`${SEPARATOR}.`)
    ? path.slice(0, -SEPARATOR.length - 1)
    : path;
  for (const other of kept) if (isAtOrIn(other, whole)) return;
  removeAt(kind, object, whole.split(SEPARATOR), '');
}

function removeAt(
  kind: string,
  value: any,
  [step, ...rest]: Step[],
  schemaPath: string,
): void {
  if (step === undefined || value === undefined || value === null) return;
  if (!step.startsWith('f:')) {
    if (!Array.isArray(value)) return;
    const at = value.findIndex(item => stepOf(kind, schemaPath, item) === step);
    if (at < 0) return;
    if (rest.length === 0) value.splice(at, 1);
    else removeAt(kind, value[at], rest, schemaPath);
    return;
  }
  const field = step.slice(2);
  const childPath = schemaPath ? `${schemaPath}.${field}` : field;
  if (!isMap(value) || !(field in value)) return;
  if (rest.length === 0) delete value[field];
  else {
    removeAt(kind, value[field], rest, childPath);
    if (isEmpty(value[field])) delete value[field];
  }
}

function stepOf(kind: string, schemaPath: string, item: unknown): Step {
  const list = listing(kind, schemaPath);
  return list.type === 'map'
    ? keyOf(item, list.keys)
    : `v:${JSON.stringify(item)}`;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** A path as messages show it: `.spec.containers[name="scylla"].image`. */
export function describePath(path: FieldPath): string {
  return path
    .split(SEPARATOR)
    .filter(step => step !== '.')
    .map(step => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`;
      if (step.startsWith('v:')) return `[${step.slice(2)}]`;
      const keys = Object.entries(JSON.parse(step.slice(2)));
      return `[${keys.map(([k, v]) => `${k}=${JSON.stringify(v)}`).join(',')}]`;
    })
    .join('');
}

/** The paths as the tree that `managedFields[].fieldsV1` holds. */
export function toFieldsV1(paths: Iterable<FieldPath>): Record<string, any> {
  const tree: Record<string, any> = {};
  for (const path of paths) {
    let node = tree;
    for (const step of path.split(SEPARATOR)) node = node[step] ??= {};
  }
  return tree;
}
