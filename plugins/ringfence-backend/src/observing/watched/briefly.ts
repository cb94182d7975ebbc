import type {
  Fact,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { FreshCache } from '../FreshCache';
import type { Clock } from '../look';
import type { ObjectSource } from '../ObjectSource';

/** How old an answer may be that was asked for since a watch cannot give it. */
const LIVE_MAX_AGE_MS = 20_000;

/** Live answers that serve again for a short time. */
export function briefly(source: ObjectSource, clock: Clock): ObjectSource {
  const options = { maxAgeMs: LIVE_MAX_AGE_MS, clock };
  const objects = new FreshCache<Fact<KubernetesObject | undefined>>(options);
  const lists = new FreshCache<Fact<readonly KubernetesObject[]>>(options);
  return {
    get: ref => objects.get(JSON.stringify(ref), () => source.get(ref)),
    list: selector =>
      lists.get(JSON.stringify(selector), () => source.list(selector)),
  };
}
