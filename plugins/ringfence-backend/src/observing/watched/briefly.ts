import type {
  Fact,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { FreshCache } from '../FreshCache';
import type { Clock } from '../look';
import type { ObjectSource } from '../ObjectSource';
import { reduceObject } from './reduceObject';

/** How old an answer may be that was asked for since a watch cannot give it. */
const LIVE_MAX_AGE_MS = 20_000;

/** Live answers that serve again for a short time: as little of each object as watches keep, and no password. */
export function briefly(source: ObjectSource, clock: Clock): ObjectSource {
  const options = { maxAgeMs: LIVE_MAX_AGE_MS, clock };
  const objects = new FreshCache<Fact<KubernetesObject | undefined>>(options);
  const lists = new FreshCache<Fact<readonly KubernetesObject[]>>(options);
  return {
    get: ref =>
      objects.get(JSON.stringify(ref), async () =>
        changed(
          await source.get(ref),
          object => object && reduceObject(object),
        ),
      ),
    list: selector =>
      lists.get(JSON.stringify(selector), async () =>
        changed(await source.list(selector), found =>
          found.flatMap(object => reduceObject(object) ?? []),
        ),
      ),
  };
}

function changed<T>(fact: Fact<T>, change: (value: T) => T): Fact<T> {
  return fact.known ? { ...fact, value: change(fact.value) } : fact;
}
