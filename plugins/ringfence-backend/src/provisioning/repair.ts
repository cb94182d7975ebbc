import { ConflictError, NotFoundError } from '@backstage/errors';
import type {
  AccessRecipe,
  Manifest,
  Platform,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../databases/Databases';
import { driftOf } from '../drift/driftOf';
import { completed } from './apply';
import { aboutObject, RefusedError } from './errors';
import { refOf } from './objects';
import { awaitsAddress, readObserved } from './observed';
import type { Run } from './Run';
import { concludeStage, observeCertificates } from './stages';

/**
 * Puts objects that differ from the manifests of the stored spec back to them,
 * taking fields from whoever set them. Objects that do not differ are not
 * touched. A stage in which something was put back is brought to its end again,
 * actions and waits included.
 *
 * @returns how many objects were put back
 * @throws RefusedError where a Secret is missing: nobody knows what was in it;
 * or where nodes that run would be taken away
 */
export async function repair(
  run: Run,
  { blueprint, spec }: Pick<StoredDatabase, 'blueprint' | 'spec'>,
  platform: Platform,
): Promise<number> {
  const stages: Stage[] = blueprint.stages(spec, platform);
  const access = blueprint.access(spec);
  const { missingSecrets, ...observed } = await readObserved(
    run.kubernetes,
    run.ref.namespace,
    { stages, access },
  );
  refuseMissingSecrets(run, missingSecrets);
  run.observed = observed;
  await refuseFewerNodes(run, stages);
  let repaired = 0;
  for (const [position, stage] of stages.entries()) {
    run.emit({
      type: 'stage',
      stage: stage.title,
      index: position + 1,
      count: stages.length,
    });
    await observeCertificates(run, stage);
    const count = await putBack(run, stage.manifests(run.observed));
    repaired += count;
    if (count > 0 || isAddressMissing(run, access)) {
      await concludeStage(run, stage);
    }
  }
  return repaired;
}

/** Then manifests that name the address cannot be told yet: the stage of the Gateway waits for it. */
function isAddressMissing(run: Run, access: AccessRecipe): boolean {
  return awaitsAddress(access) && run.observed.gatewayAddresses.length === 0;
}

async function putBack(
  run: Run,
  manifests: readonly Manifest[],
): Promise<number> {
  let count = 0;
  for (const manifest of manifests) {
    if (await putOneBack(run, completed(run, manifest))) count += 1;
  }
  return count;
}

/** @returns whether it differed */
async function putOneBack(run: Run, manifest: Manifest): Promise<boolean> {
  const ref = refOf(manifest);
  return aboutObject(ref, async () => {
    const drift = await driftOf(run.kubernetes, manifest);
    if (drift.length === 0) return false;
    // Forced for exactly these objects: a person has asked for it.
    await run.kubernetes.apply(manifest, { force: true });
    const isMissing = drift.some(({ field }) => field === undefined);
    run.journal.record(ref, isMissing ? 'created' : 'configured');
    return true;
  });
}

/** Nodes must hand over their data before they leave: no apply makes them. */
async function refuseFewerNodes(
  run: Run,
  stages: readonly Stage[],
): Promise<void> {
  const manifests = stages.flatMap(stage => stage.manifests(run.observed));
  for (const manifest of manifests) {
    if (manifest.kind !== 'StatefulSet') continue;
    const live = await run.kubernetes.get(refOf(manifest));
    const running = live?.status?.replicas ?? live?.spec?.replicas ?? 0;
    const wanted = manifest.spec?.replicas ?? 1;
    if (running <= wanted) continue;
    const { name } = manifest.metadata;
    throw new RefusedError(
      `StatefulSet "${run.ref.namespace}/${name}" runs ${running} nodes and the spec says ${wanted}: nodes must hand over their data before they leave`,
      {
        name: ConflictError.name,
        remedy: `Provision the database with replicas: ${running}, or have the nodes leave the ring first`,
      },
    );
  }
}

function refuseMissingSecrets(run: Run, names: readonly string[]): void {
  if (names.length === 0) return;
  throw new RefusedError(
    `Secret ${names
      .map(name => `"${run.ref.namespace}/${name}"`)
      .join(', ')} is gone, and what was in it is known to nobody`,
    {
      name: NotFoundError.name,
      remedy:
        'Provision the database again with the same spec: that makes new credentials',
    },
  );
}
