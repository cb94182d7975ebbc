import { ConflictError } from '@backstage/errors';
import type { ManifestDrift } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  Manifest,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import pLimit from 'p-limit';
import { stringify } from 'yaml';
import type { StoredDatabase } from '../databases/Databases';
import { readAuthorities } from '../databases/storedAuthorities';
import { describeObject, namespaceRef, refOf } from '../provisioning/objects';
import { driftOf } from './driftOf';
import { readSpecDrift } from './specDrift';
import { readStoredManifests } from './storedManifests';

/** Requests to one API server at once. */
const CONCURRENCY = 4;

type ComparedDatabase = Pick<
  StoredDatabase,
  'ref' | 'blueprint' | 'spec' | 'state'
>;

/** Where one object differs. */
export type ObjectDrift = Pick<ManifestDrift, 'object' | 'drift'>;

/**
 * Every manifest of a database's stored spec, and where its object differs from
 * it. Asks the API server what a forced apply would change, and changes
 * nothing. Fields that no manifest names are whoever's they are. Where the
 * stored spec is not the one that was provisioned, that is all there is to say:
 * nobody knows what the objects should be.
 *
 * @throws ConflictError while a step of a CA's rotation is under way: what is there changes then
 * @throws what reading it throws
 */
export function readDrift(
  kubernetes: KubernetesCluster,
  database: ComparedDatabase,
  platform: Platform,
): Promise<ManifestDrift[]> {
  return readDriftWith(kubernetes, database, platform, async manifest => ({
    object: describeObject(refOf(manifest)),
    yaml: stringify(manifest),
    drift: await driftOf(kubernetes, manifest),
  }));
}

/** The same, with each object compared in another way. */
export async function readDriftWith<T extends ObjectDrift>(
  kubernetes: KubernetesCluster,
  database: ComparedDatabase,
  platform: Platform,
  compare: (manifest: Manifest) => Promise<T>,
): Promise<Array<T | ManifestDrift>> {
  const { namespace } = database.ref;
  await refuseDuringRotation(kubernetes, namespace);
  const specDrift = await readSpecDrift(kubernetes, namespace);
  if (specDrift) return [specDrift];
  const { manifests, missingSecrets } = await readStoredManifests(
    kubernetes,
    database,
    platform,
  );
  const limit = pLimit(CONCURRENCY);
  return Promise.all([
    ...missingSecrets.map(name => ({
      object: describeObject({
        apiVersion: 'v1',
        kind: 'Secret',
        namespace,
        name,
      }),
      yaml: '# Generated when the database is provisioned\n',
      drift: [{}],
    })),
    ...manifests.map(manifest => limit(() => compare(manifest))),
  ]);
}

async function refuseDuringRotation(
  kubernetes: KubernetesCluster,
  namespace: string,
): Promise<void> {
  const owner = await kubernetes.get(namespaceRef(namespace));
  const step = owner && readAuthorities(owner)?.step;
  if (!step) return;
  throw new ConflictError(
    `Step "${step}" of the rotation of the CA in namespace "${namespace}" is not done. Take it again if nobody is at it: it goes on where it was stopped`,
  );
}
