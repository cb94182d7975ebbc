import type { ManifestDrift } from '@ringfence/backstage-plugin-ringfence-common';
import { toDetails } from '../details';
import type { AnyRequest } from './Authorizer';
import { DATABASE, refOf } from './changes';
import type { ApiRouter, RouteDeps } from './RouteDeps';

/** What the tab shows of one database besides its report, for whoever has `ringfence.database.read`. */
export function addDetailRoutes(router: ApiRouter, deps: RouteDeps): void {
  const { authorizer, services } = deps;

  router.get(`${DATABASE}/details`, async (request, response) => {
    const { database } = await requireSeen(deps, request);
    response.json(toDetails(await services.reports.facts(database)));
  });

  router.get(`${DATABASE}/traffic`, async (request, response) => {
    const { database } = await requireSeen(deps, request);
    const { ref } = database;
    response.json({ items: await services.traffic(ref) });
  });

  router.get(`${DATABASE}/drift`, async (request, response) => {
    const { credentials, database } = await requireSeen(deps, request);
    const { operate } = await authorizer.allowed(credentials, database);
    const items = await services.drift(database);
    response.json({ items: operate ? items : items.map(withoutValues) });
  });
}

async function requireSeen(
  { authorizer, services }: RouteDeps,
  request: AnyRequest,
) {
  const reader = await authorizer.requireReader(request);
  const database = await services.databases.get(refOf(request));
  authorizer.requireSeen(reader, database);
  return { credentials: reader.credentials, database };
}

/** Anything may have been written into a field: only owners see what. */
function withoutValues({ drift, ...manifest }: ManifestDrift): ManifestDrift {
  return {
    ...manifest,
    drift: drift.map(({ wanted, found, ...field }) => field),
  };
}
