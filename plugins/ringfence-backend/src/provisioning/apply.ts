import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { aboutObject } from './errors';
import { refOf, withOwnLabels } from './objects';
import type { Run } from './Run';

/**
 * Applies one manifest and records what that changed, which the object's
 * resourceVersion tells.
 *
 * @param options - `force` takes fields from whoever set them
 */
export async function applyManifest(
  run: Run,
  manifest: Manifest,
  options: { readonly force?: boolean } = {},
): Promise<KubernetesObject> {
  const ref = refOf(manifest);
  return aboutObject(ref, async () => {
    const before = await run.kubernetes.get(ref);
    const after = await run.kubernetes.apply(completed(run, manifest), options);
    const same =
      before?.metadata.resourceVersion === after.metadata.resourceVersion;
    const change = same ? 'unchanged' : 'configured';
    run.journal.record(ref, before ? change : 'created');
    return after;
  });
}

/** The manifest with our labels; the database's Namespace with its owner and state too. */
export function completed(run: Run, manifest: Manifest): Manifest {
  const labelled = withOwnLabels(manifest, run.name);
  const { kind, metadata } = labelled;
  if (kind !== 'Namespace' || metadata.name !== run.ref.namespace) {
    return labelled;
  }
  const annotations = { ...metadata.annotations, ...run.namespaceAnnotations };
  return { ...labelled, metadata: { ...metadata, annotations } };
}
