import type { Stage } from '@ringfence/backstage-plugin-ringfence-node';
import { aboutObject } from './errors';
import { identityOf, refOf } from './objects';
import { isRetained, kindsToSearch, listOwnObjects } from './retention';
import type { Run } from './Run';

/** Deletes what an earlier spec asked for and this one does not, such as a gateway that is no longer wanted. */
export async function prune(
  run: Run,
  stages: readonly Stage[],
  wanted: ReadonlySet<string>,
): Promise<void> {
  const manifests = stages.flatMap(stage => stage.manifests(run.observed));
  const objects = await listOwnObjects(
    run.kubernetes,
    { namespace: run.ref.namespace, name: run.name },
    kindsToSearch(manifests),
    error =>
      run.emit({
        type: 'info',
        message: `Did not look for objects that are no longer wanted: ${error.message}`,
      }),
  );
  for (const object of objects) {
    const ref = refOf(object);
    if (wanted.has(identityOf(ref)) || isRetained(object)) continue;
    await aboutObject(ref, () => run.kubernetes.delete(ref));
    run.journal.record(ref, 'deleted');
  }
}
