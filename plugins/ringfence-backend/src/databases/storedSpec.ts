import { createHash } from 'node:crypto';
import { InputError } from '@backstage/errors';
import {
  MANAGED_BY_LABEL,
  MANAGER,
  SPEC_CONFIG_MAP,
  SPEC_SHA256_ANNOTATION,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { parse, stringify } from 'yaml';
import { documentOf } from './storedAuthorities';

const SPEC_KEY = 'spec.yaml';

/**
 * The spec in a database's namespace, as it was stored.
 *
 * @returns undefined where there is none
 * @throws InputError where it is no YAML
 */
export async function readStoredSpec(
  kubernetes: KubernetesCluster,
  namespace: string,
): Promise<unknown> {
  const text = await readSpecText(kubernetes, namespace);
  return text === undefined ? undefined : parseSpecText(namespace, text);
}

/** The same as text; undefined where there is none. */
export async function readSpecText(
  kubernetes: KubernetesCluster,
  namespace: string,
): Promise<string | undefined> {
  const configMap = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace,
    name: SPEC_CONFIG_MAP,
  });
  const text = configMap?.data?.[SPEC_KEY];
  return typeof text === 'string' ? text : undefined;
}

/**
 * The same of all namespaces at once, by their names. One that is not among
 * them may be there all the same, without our label.
 *
 * @throws NotAllowedError where ConfigMaps may be listed in single namespaces only
 */
export async function listSpecTexts(
  kubernetes: KubernetesCluster,
): Promise<ReadonlyMap<string, string>> {
  const configMaps = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    labels: { [MANAGED_BY_LABEL]: MANAGER },
  });
  return new Map(
    configMaps.flatMap(({ metadata, data }): Array<[string, string]> => {
      const text = data?.[SPEC_KEY];
      const isSpec =
        metadata.name === SPEC_CONFIG_MAP && typeof text === 'string';
      return isSpec ? [[metadata.namespace ?? '', text]] : [];
    }),
  );
}

/** @throws InputError where it is no YAML */
export function parseSpecText(namespace: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new InputError(
      `ConfigMap "${namespace}/${SPEC_CONFIG_MAP}": ${SPEC_KEY} is no YAML: ${
        (error as Error).message
      }`,
    );
  }
}

/**
 * Whether the stored spec is another than the one that was provisioned. Who may
 * write ConfigMaps in a namespace may write its spec, yet not its Namespace. One
 * that names no spec is of an earlier version: its spec is taken as it is.
 */
export function isForeignSpec(
  { metadata }: KubernetesObject,
  text: string,
): boolean {
  const accepted = metadata.annotations?.[SPEC_SHA256_ANNOTATION];
  return accepted !== undefined && accepted !== specSha256Of(text);
}

/** What {@link SPEC_SHA256_ANNOTATION} says of a spec that is provisioned. */
export function specSha256(spec: DatabaseSpec): string {
  return specSha256Of(specText(spec));
}

/** The same of a spec as text. */
export function specSha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function specText(spec: DatabaseSpec): string {
  return stringify(documentOf(spec));
}

/** The ConfigMap that holds a spec. */
export function specConfigMap(spec: DatabaseSpec): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: SPEC_CONFIG_MAP,
      namespace: spec.namespace,
      labels: {
        'app.kubernetes.io/name': spec.blueprint,
        'app.kubernetes.io/instance': spec.name,
      },
    },
    data: { [SPEC_KEY]: specText(spec) },
  };
}
