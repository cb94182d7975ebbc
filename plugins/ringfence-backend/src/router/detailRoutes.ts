import type { ManifestDrift } from '@ringfence/backstage-plugin-ringfence-common';
import { toDetails } from '../details';
import { DATABASE, refOf } from './changes';
import type { ApiRouter, RouteDeps } from './RouteDeps';

/** What the tab shows of one database besides its report, for whoever has `ringfence.database.read`. */
export function addDetailRoutes(router: ApiRouter, deps: RouteDeps): void {
  const { authorizer, services } = deps;

  router.get(`${DATABASE}/details`, async (request, response) => {
    await authorizer.requireReader(request);
    const database = await services.databases.get(refOf(request));
    response.json(toDetails(await services.reports.facts(database)));
  });

  router.get(`${DATABASE}/traffic`, async (request, response) => {
    await authorizer.requireReader(request);
    const { ref } = await services.databases.get(refOf(request));
    response.json({ items: await services.traffic(ref) });
  });

  router.get(`${DATABASE}/drift`, async (request, response) => {
    const credentials = await authorizer.requireReader(request);
    const database = await services.databases.get(refOf(request));
    const { owner } = database.spec;
    const { operate } = await authorizer.allowed(credentials, owner);
    const items = await services.drift(database);
    response.json({ items: operate ? items : items.map(withoutValues) });
  });
}

/** Anything may have been written into a field: only owners see what. */
function withoutValues({ drift, ...manifest }: ManifestDrift): ManifestDrift {
  return {
    ...manifest,
    drift: drift.map(({ wanted, found, ...field }) => field),
  };
}
