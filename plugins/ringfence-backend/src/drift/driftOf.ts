import { InputError, isError } from '@backstage/errors';
import type { DriftField } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { refOf } from '../provisioning/objects';
import { differences } from './differences';

/** Where an object differs from its manifest; `[{}]` where there is none. */
export async function driftOf(
  kubernetes: KubernetesCluster,
  manifest: Manifest,
): Promise<DriftField[]> {
  const live = await kubernetes.get(refOf(manifest));
  return live ? driftBetween(kubernetes, live, manifest) : [{}];
}

/** Where an object that was read already differs from its manifest. */
export async function driftBetween(
  kubernetes: KubernetesCluster,
  live: KubernetesObject,
  manifest: Manifest,
): Promise<DriftField[]> {
  try {
    const options = { dryRun: true, force: true };
    return differences(live, await kubernetes.apply(manifest, options));
  } catch (error) {
    if (!isError(error) || error.name !== InputError.name) throw error;
    // A field that cannot be changed any more: the API server refuses to put it back.
    return [{ field: 'spec', found: `cannot be put back: ${error.message}` }];
  }
}
