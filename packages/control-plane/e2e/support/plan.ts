import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Kubectl } from '../../src';

/** Stand for what is not known before the first run, as the plan's notes say. */
const UNKNOWN_ADDRESS = '192.0.2.1';
const UNKNOWN_HASH = '0'.repeat(64);
const MANAGER = 'ringfence';

/** What of a plan the tests look at, whether it came over HTTP or not. */
export interface ShownPlan {
  readonly checkedBy: string;
  readonly stages: readonly {
    readonly manifests: readonly object[];
    readonly secrets: readonly string[];
  }[];
}

/** Every manifest that a plan shows. */
export const manifestsOf = ({ stages }: ShownPlan): Manifest[] =>
  stages.flatMap(({ manifests }) => manifests as Manifest[]);

/** The manifests of a plan of a database that was not there yet, with what it could not know put in. */
export function filledIn(
  plan: ShownPlan,
  known: { readonly address: string; readonly secretHash?: string },
): Manifest[] {
  const text = JSON.stringify(manifestsOf(plan))
    .replaceAll(UNKNOWN_ADDRESS, known.address)
    .replaceAll(UNKNOWN_HASH, known.secretHash ?? UNKNOWN_HASH);
  return JSON.parse(text);
}

/** What Ringfence wrote of an object: all that it manages, without what controllers add. */
function written({ status, metadata, ...rest }: KubernetesObject) {
  const { resourceVersion, managedFields = [], ...kept } = metadata;
  const ours = managedFields
    .filter(({ manager }) => manager === MANAGER)
    .map(({ operation, fieldsV1 }) => ({ operation, fieldsV1 }));
  return { ...rest, metadata: { ...kept, managedFields: ours } };
}

/**
 * What the API server has, and what it would have after an apply of manifests
 * by Ringfence: by the rules of server-side apply a field that is missing in
 * them goes, one that differs changes, and one that is new comes.
 */
export async function beforeAndAfterApply(
  kubectl: Kubectl,
  manifests: readonly Manifest[],
) {
  const list = JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: manifests,
  });
  const output = ['--output=json', '--show-managed-fields', '-f', '-'];
  const apply = [
    'apply',
    '--server-side',
    '--dry-run=server',
    `--field-manager=${MANAGER}`,
  ];
  const read = async (args: readonly string[]) =>
    JSON.parse(await kubectl([...args, ...output], list)).items.map(written);
  return { before: await read(['get']), after: await read(apply) };
}
