import type {
  Fact,
  KubernetesCluster,
  KubernetesObject,
  ObjectRef,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';
import { look, type Clock } from './look';

/**
 * Where Kubernetes objects come from. Read live here; a source fed by watches
 * can stand in, since a fact carries the time when it was seen.
 */
export interface ObjectSource {
  get(ref: ObjectRef): Promise<Fact<KubernetesObject | undefined>>;
  /** @param options - `live` asks even where a watch tells */
  list(
    selector: ObjectSelector,
    options?: { readonly live?: boolean },
  ): Promise<Fact<readonly KubernetesObject[]>>;
}

/** Asks the API server each time. */
export function liveObjects(
  kubernetes: KubernetesCluster,
  clock: Clock,
): ObjectSource {
  return {
    get: ref => look(clock, () => kubernetes.get(ref)),
    list: selector => look(clock, () => kubernetes.list(selector)),
  };
}
