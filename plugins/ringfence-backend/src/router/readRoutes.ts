import { databaseOperatePermission } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  StoredDatabase,
  UnreadableDatabase,
} from '../databases/Databases';
import { documentOf } from '../databases/storedAuthorities';
import type { AnyRequest } from './Authorizer';
import { refOf } from './changes';
import type { ApiRouter, RouteDeps } from './RouteDeps';
import {
  toBlueprintSummary,
  toCaRotation,
  toWayIn,
  toFleet,
  toSummary,
} from './present';

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
    const reader = await authorizer.requireReader(request);
    const unreachable = new Set<string>();
    const databases = await services.databases.list({
      onUnreachable: name => unreachable.add(name),
    });
    response.json({
      items: databases.filter(database => reader.sees(database)).map(toSummary),
      unreachable: [...unreachable],
    });
  });

  router.get('/fleet', async (request, response) => {
    const reader = await authorizer.requireReader(request);
    const unreachable = new Set<string>();
    const unreadable: UnreadableDatabase[] = [];
    // Nobody knows of which blueprint these are: they are seen where any may be.
    const kinds = ['', ...services.blueprints.list().map(({ kind }) => kind)];
    const databases = await services.databases.list({
      onUnreachable: name => unreachable.add(name),
      onUnreadable: database => unreadable.push(database),
    });
    response.json({
      items: toFleet(
        databases.filter(database => reader.sees(database)),
        services.reports.all(),
        unreadable.filter(({ ref, owner = '' }) =>
          kinds.every(blueprint =>
            reader.sees({ ref, spec: { owner, blueprint } }),
          ),
        ),
      ),
      unreachable: [...unreachable],
    });
  });

  router.get(
    '/databases/:kubernetesCluster/:namespace',
    async (request, response) => {
      const reader = await authorizer.requireReader(request);
      const database = await services.databases.get(request.params);
      authorizer.requireSeen(reader, database);
      response.json({
        ...toSummary(database),
        spec: { ...documentOf(database.spec) },
        caRotation: toCaRotation(database),
        wayIn: toWayIn(database),
        allowed: await authorizer.allowed(reader.credentials, database),
      });
    },
  );

  router.get(
    '/databases/:kubernetesCluster/:namespace/report',
    async (request, response) => {
      const refresh = request.query.refresh === true;
      const database = refresh
        ? await requireOperated(deps, request)
        : await requireRead(deps, request);
      response.json(await services.reports.read(database, { refresh }));
    },
  );
}

async function requireRead(
  { authorizer, services }: RouteDeps,
  request: AnyRequest,
): Promise<StoredDatabase> {
  const reader = await authorizer.requireReader(request);
  const database = await services.databases.get(refOf(request));
  authorizer.requireSeen(reader, database);
  return database;
}

/** Probes log in and dial: owners alone have them run whenever they like. */
async function requireOperated(
  { authorizer, services }: RouteDeps,
  request: AnyRequest,
): Promise<StoredDatabase> {
  const ref = refOf(request);
  const user = await authorizer.requireUser(request, databaseOperatePermission);
  const database = await services.databases.get(ref);
  authorizer.requireOwner(user, database);
  return database;
}
