import type { ApiRouter, RouteDeps } from './RouteDeps';
import { toBlueprintSummary, toSummary } from './present';

/**
 * What whoever has `ringfence.database.read` sees, users and plugins alike:
 * platforms, blueprints, databases and their reports.
 */
export function addReadRoutes(router: ApiRouter, deps: RouteDeps): void {
  const { authorizer, services } = deps;

  router.get('/platforms', async (request, response) => {
    await authorizer.requireReader(request);
    response.json({ items: await services.platforms.list() });
  });

  router.get('/blueprints', async (request, response) => {
    await authorizer.requireReader(request);
    response.json({
      items: services.blueprints.list().map(toBlueprintSummary),
    });
  });

  router.get('/databases', async (request, response) => {
    await authorizer.requireReader(request);
    const unreachable = new Set<string>();
    const databases = await services.databases.list({
      onUnreachable: name => unreachable.add(name),
    });
    response.json({
      items: databases.map(toSummary),
      unreachable: [...unreachable],
    });
  });

  router.get(
    '/databases/:kubernetesCluster/:namespace',
    async (request, response) => {
      const credentials = await authorizer.requireReader(request);
      const database = await services.databases.get(request.params);
      response.json({
        ...toSummary(database),
        spec: { ...database.spec },
        allowed: await authorizer.allowed(credentials, database.spec.owner),
      });
    },
  );

  router.get(
    '/databases/:kubernetesCluster/:namespace/report',
    async (request, response) => {
      await authorizer.requireReader(request);
      const database = await services.databases.get(request.params);
      const refresh = request.query.refresh === true;
      response.json(await services.reports.read(database, { refresh }));
    },
  );
}
