import { InputError } from '@backstage/errors';
import type { BlueprintRegistry } from '../blueprints/BlueprintRegistry';
import { withPresets } from '../blueprints/presets';
import type { KubernetesClusters } from '../kubernetes/KubernetesClusters';
import { discoverPlatform } from '../platform';
import type { Admitted } from './provision';
import { refuseUnmet } from './requirements';

/**
 * Reads a spec and finds out whether it can work where it is to run, before
 * anything is changed.
 *
 * @throws InputError naming the field that is wrong, or that the platform does not meet
 */
export async function admit(
  deps: {
    clusters: Pick<KubernetesClusters, 'get'>;
    blueprints: BlueprintRegistry;
  },
  spec: unknown,
): Promise<Admitted & { notes: string[] }> {
  const written = deps.blueprints.parse(spec);
  const entry = lookUp(deps.clusters, written.spec.kubernetesCluster);
  const parsed = deps.blueprints.parse(
    withPresets(spec, written.blueprint, entry.defaults),
  );
  const platform = await discoverPlatform(entry);
  const notes = refuseUnmet(
    parsed.blueprint.requirements(parsed.spec, platform),
    parsed.spec.kubernetesCluster,
  );
  return { ...parsed, platform, notes };
}

function lookUp(clusters: Pick<KubernetesClusters, 'get'>, name: string) {
  try {
    return clusters.get(name);
  } catch (error) {
    const { message } = error as Error;
    throw new InputError(`spec.kubernetesCluster: ${message}`);
  }
}
