import { createHash, randomInt } from 'node:crypto';
import {
  isAlreadyExists,
  type KubernetesCluster,
  type KubernetesObject,
  type Manifest,
  type ObjectRef,
  type SecretRecipe,
  type SecretValue,
} from '@ringfence/backstage-plugin-ringfence-node';
import { sha512crypt } from 'sha512crypt-node';
import { aboutObject } from './errors';
import { ownLabels } from './objects';
import type { Redactor } from './Redactor';
import type { Run } from './Run';

const LETTERS_AND_DIGITS =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The longest salt that SHA-512 crypt takes. @see https://www.akkadia.org/drepper/SHA-crypt.txt */
const SALT_LENGTH = 16;

/**
 * Makes the Secret of a recipe where there is none. One that is there keeps
 * every value it has; only keys that it lacks are added, and those that the user
 * gives anew replaced.
 *
 * @returns SHA-256 of its data; undefined where there is none, since a value is not given
 */
export async function ensureSecret(
  run: Run,
  recipe: SecretRecipe,
): Promise<string | undefined> {
  const ref = secretRef(run.ref.namespace, recipe.name);
  const given = givenValues(run, recipe);
  return aboutObject(ref, async () => {
    const there = await run.kubernetes.get(ref);
    // Nobody has given it: what needs it says so.
    if (!there && !isComplete(recipe, given)) return undefined;
    const secret = there
      ? await addMissingKeys(run, ref, recipe, there)
      : await createSecret(run, ref, recipe);
    hideValues(run.redactor, recipe, decode(secret));
    return hashOf(secret);
  });
}

/** SHA-256 of a Secret's data as it is now; undefined where there is no such Secret. */
export async function readSecretHash(
  kubernetes: KubernetesCluster,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  const secret = await kubernetes.get(secretRef(namespace, name));
  return secret && hashOf(secret);
}

async function createSecret(
  run: Run,
  ref: ObjectRef,
  recipe: SecretRecipe,
): Promise<KubernetesObject> {
  const values = completeValues(recipe, givenValues(run, recipe));
  hideValues(run.redactor, recipe, values);
  try {
    const created = await run.kubernetes.create(
      manifest(run, ref, recipe, values),
    );
    run.journal.record(ref, 'created');
    return created;
  } catch (error) {
    const winner = isAlreadyExists(error)
      ? await run.kubernetes.get(ref)
      : undefined;
    if (!winner) throw error;
    return addMissingKeys(run, ref, recipe, winner);
  }
}

async function addMissingKeys(
  run: Run,
  ref: ObjectRef,
  recipe: SecretRecipe,
  secret: KubernetesObject,
): Promise<KubernetesObject> {
  const present = decode(secret);
  const given = givenValues(run, recipe);
  const missing = Object.keys(recipe.data).filter(key => !(key in present));
  const isNew = Object.keys(given).some(key => given[key] !== present[key]);
  const possible = isComplete(recipe, { ...present, ...given });
  if ((missing.length === 0 && !isNew) || !possible) {
    run.journal.record(ref, 'unchanged');
    return secret;
  }
  const values = completeValues(recipe, { ...present, ...given });
  hideValues(run.redactor, recipe, values);
  const wanted = manifest(run, ref, recipe, values);
  wanted.metadata.resourceVersion = secret.metadata.resourceVersion;
  const applied = await run.kubernetes.apply(wanted);
  run.journal.record(ref, 'configured');
  return applied;
}

/** What the user has given of a recipe, by key. */
function givenValues(run: Run, recipe: SecretRecipe): Record<string, string> {
  const entries = Object.entries(recipe.data).flatMap(([key, value]) => {
    const text = value.from === 'given' ? run.given[value.field] : undefined;
    return text === undefined ? [] : [[key, text]];
  });
  return Object.fromEntries(entries);
}

/** Whether there is a value for each key that cannot be made. */
function isComplete(
  recipe: SecretRecipe,
  values: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(recipe.data).every(
    ([key, { from }]) => from !== 'given' || key in values,
  );
}

/** The values of a recipe: those given, and new ones for keys that have none. */
export function completeValues(
  recipe: SecretRecipe,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const values: Record<string, string> = { ...given };
  const valueOf = (key: string, asking: readonly string[]): string => {
    if (key in values) return values[key];
    const value = recipe.data[key];
    if (!value || asking.includes(key)) {
      throw new Error(
        `Secret recipe "${recipe.name}": key "${key}" is ${
          value ? 'made from itself' : 'not in it'
        }`,
      );
    }
    values[key] = make(value, other => valueOf(other, [...asking, key]));
    return values[key];
  };
  for (const key of Object.keys(recipe.data)) valueOf(key, []);
  return values;
}

function make(value: SecretValue, valueOf: (key: string) => string): string {
  switch (value.from) {
    case 'literal':
      return value.value;
    case 'random':
      return randomText(value.length);
    case 'sha512crypt':
      return sha512crypt(valueOf(value.key), `$6$${randomText(SALT_LENGTH)}`);
    case 'template':
      return value.text.replace(/\{\{([^{}]+)\}\}/g, (_, key) =>
        valueOf(key.trim()),
      );
    default:
      throw new Error(`No such kind of secret: ${JSON.stringify(value)}`);
  }
}

function randomText(length: number): string {
  const letters = Array.from({ length }, () =>
    LETTERS_AND_DIGITS.charAt(randomInt(LETTERS_AND_DIGITS.length)),
  );
  return letters.join('');
}

/**
 * The certificate (PEM) in a Secret, which is public, and nothing else of it.
 *
 * @returns undefined where there is none
 */
export async function readCertificate(
  kubernetes: KubernetesCluster,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  const secret = await kubernetes.get(secretRef(namespace, name));
  const encoded: string | undefined = secret?.data?.['tls.crt'];
  return encoded && Buffer.from(encoded, 'base64').toString();
}

function secretRef(namespace: string, name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'Secret', namespace, name };
}

function manifest(
  run: Run,
  ref: ObjectRef,
  recipe: SecretRecipe,
  values: Record<string, string>,
): Manifest {
  const data = Object.entries(values).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      namespace: ref.namespace,
      labels: { ...recipe.labels, ...ownLabels(run.name) },
    },
    type: 'Opaque',
    data: Object.fromEntries(data),
  };
}

function decode(secret: KubernetesObject): Record<string, string> {
  const data = Object.entries<string>(secret.data ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  return Object.fromEntries(data);
}

/** Literals are no secrets: hiding a user name would garble messages. */
function hideValues(
  redactor: Redactor,
  recipe: SecretRecipe,
  values: Record<string, string>,
): void {
  for (const [key, value] of Object.entries(values)) {
    if (recipe.data[key]?.from !== 'literal') redactor.hide(value);
  }
}

function hashOf(secret: KubernetesObject): string {
  const data = Object.entries<string>(secret.data ?? {}).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return createHash('sha256').update(JSON.stringify(data)).digest('hex');
}
