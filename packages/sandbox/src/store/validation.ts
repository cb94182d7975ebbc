import { InputError } from '@backstage/errors';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { findRepeatedKey } from './fieldPaths';
import { brokenRules } from './kindRules';
import { resourceOf, type ServedKind } from './kinds';

// @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const NAMES = {
  label: {
    pattern: new RegExp(`^${LABEL}$`),
    maxLength: 63,
    rule: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  },
  subdomain: {
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    maxLength: 253,
    rule: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  },
  path: {
    pattern: /^(?!\.{1,2}$)[^/%]+$/,
    maxLength: 253,
    rule: "may not be '.' or '..' and may not contain '/' or '%'",
  },
} as const;

const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const QUALIFIED_NAME =
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function invalid(served: ServedKind, name: string, what: string): InputError {
  const kind = served.group ? `${served.kind}.${served.group}` : served.kind;
  return new InputError(`${kind} "${name}" is invalid: ${what}`);
}

/** @throws InputError in the API server's words */
export function validate(served: ServedKind, object: KubernetesObject): void {
  const { name } = object.metadata;
  const rules = NAMES[served.names];
  if (typeof name !== 'string' || name === '') {
    throw invalid(
      served,
      '',
      'metadata.name: Required value: name is required',
    );
  }
  if (name.length > rules.maxLength || !rules.pattern.test(name)) {
    throw invalid(
      served,
      name,
      `metadata.name: Invalid value: ${JSON.stringify(name)}: ${rules.rule}`,
    );
  }
  validateNamespaceField(served, object);
  validateLabels(served, object);
  if (served.kind === 'Secret') validateSecret(served, object);
}

/**
 * The rules of the object's kind, for one that is complete.
 *
 * @throws InputError in the API server's words
 */
export function validateKind(
  served: ServedKind,
  object: KubernetesObject,
  live?: KubernetesObject,
): void {
  const broken = brokenRules(object, live);
  if (broken.length > 0) {
    throw invalid(served, object.metadata.name, broken.join(', '));
  }
}

/** @throws InputError where two items of a list have the key by which it is merged */
export function validateListKeys(
  served: ServedKind,
  manifest: KubernetesObject,
): void {
  const path = findRepeatedKey(served.kind, manifest);
  if (path === undefined) return;
  throw invalid(
    served,
    manifest.metadata.name,
    `failed to create typed patch object: duplicate entries for key ${path}`,
  );
}

function validateNamespaceField(served: ServedKind, object: KubernetesObject) {
  const { name, namespace } = object.metadata;
  if (served.namespaced && !namespace) {
    throw new InputError(
      `${served.kind} "${name}" names no namespace: an empty namespace may not be set when a resource name is provided`,
    );
  }
  if (!served.namespaced && namespace) {
    throw invalid(
      served,
      name,
      `metadata.namespace: Forbidden: ${resourceOf(served)} have no namespace`,
    );
  }
}

function validateLabels(served: ServedKind, object: KubernetesObject) {
  const { name, labels = {}, annotations = {} } = object.metadata;
  for (const [key, value] of Object.entries(labels)) {
    if (
      typeof value !== 'string' ||
      value.length > 63 ||
      !LABEL_VALUE.test(value)
    ) {
      throw invalid(
        served,
        name,
        `metadata.labels: Invalid value: ${JSON.stringify(
          value,
        )}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      );
    }
    validateKey(served, name, 'metadata.labels', key);
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value !== 'string') {
      throw invalid(
        served,
        name,
        `metadata.annotations: Invalid value: ${JSON.stringify(
          key,
        )}: must be a string`,
      );
    }
    validateKey(served, name, 'metadata.annotations', key);
  }
}

function validateKey(
  served: ServedKind,
  name: string,
  field: string,
  key: string,
) {
  if (QUALIFIED_NAME.test(key)) return;
  throw invalid(
    served,
    name,
    `${field}: Invalid value: ${JSON.stringify(
      key,
    )}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
  );
}

function validateSecret(served: ServedKind, object: KubernetesObject) {
  for (const [key, value] of Object.entries(object.data ?? {})) {
    if (typeof value === 'string' && BASE64.test(value)) continue;
    throw invalid(
      served,
      object.metadata.name,
      `data[${key}]: Invalid value: "<redacted>": illegal base64 data`,
    );
  }
}
