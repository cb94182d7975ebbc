import { InputError, isError, NotFoundError } from '@backstage/errors';
import {
  databaseCreatePermission,
  databaseDeletePermission,
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request, Response } from 'express';
import type { ParsedSpec } from '../blueprints';
import type { Plan } from '../schema/openapi/generated/models';
import { audited } from './audited';
import { changeOf, DATABASE, refOf, runChange } from './changes';
import type { User } from './Authorizer';
import type { ApiRouter, RouteDeps } from './RouteDeps';

/** What changes a database, for its owners alone: plan, provision, cancel, decommission. */
export function addChangeRoutes(router: ApiRouter, deps: RouteDeps): void {
  const { auditor } = deps;

  router.post('/plan', async (request, response) => {
    await authorizeSpec(deps, request);
    const plan = await deps.services.provisioner.plan(request.body);
    // The generated type does not know `readonly`.
    response.json(plan as unknown as Plan);
  });
  router.post('/databases', (request, response) =>
    audited(
      auditor,
      changeOf('provision', request, addressOf(request.body)),
      () => provision(deps, request, response),
    ),
  );
  router.post(`${DATABASE}/decommission`, (request, response) =>
    audited(
      auditor,
      changeOf('decommission', request, refOf(request), {
        deleteVolumes: request.body.deleteVolumes,
      }),
      () => decommission(deps, request, response),
    ),
  );
  router.delete(`${DATABASE}/provisioning`, (request, response) =>
    audited(auditor, changeOf('cancel', request, refOf(request)), () =>
      cancel(deps, request, response),
    ),
  );
}

async function provision(
  deps: RouteDeps,
  request: Request,
  response: Response,
): Promise<Error | undefined> {
  const { user, spec } = await authorizeSpec(deps, request);
  return await runChange(deps, response, spec, options =>
    deps.services.provisioner.provision(request.body, {
      ...options,
      actor: user.userEntityRef,
    }),
  );
}

async function decommission(
  deps: RouteDeps,
  request: Request,
  response: Response,
): Promise<Error | undefined> {
  const { authorizer, services } = deps;
  const ref = refOf(request);
  const user = await authorizer.requireUser(request, databaseDeletePermission);
  const database = await services.databases.get(ref);
  authorizer.requireOwner(user, database);
  const { spec } = database;
  requireConfirmed(request.body.confirm, spec.name);
  return await runChange(deps, response, spec, options =>
    services.provisioner.decommission(ref, request.body, {
      ...options,
      actor: user.userEntityRef,
    }),
  );
}

async function cancel(
  { authorizer, running }: RouteDeps,
  request: Request,
  response: Response,
): Promise<void> {
  const user = await authorizer.requireUser(request, databaseCreatePermission);
  const ref = refOf(request);
  const changes = running.find(ref);
  if (changes.length === 0) throw nothingRuns(stringifyDatabaseRef(ref));
  for (const { owner } of changes) {
    // No condition asks for the blueprint: creating is no permission on a database.
    authorizer.requireOwner(user, { ref, spec: { owner, blueprint: '' } });
  }
  for (const change of changes) change.cancel(user.userEntityRef);
  response.status(202).end();
}

/**
 * Permission, a spec that can be read, and ownership: of the owner that the
 * spec names and, where the database is there already, of that one too.
 */
async function authorizeSpec(
  { authorizer, services }: RouteDeps,
  request: Request,
): Promise<ParsedSpec & { user: User }> {
  const user = await authorizer.requireUser(request, databaseCreatePermission);
  const parsed = services.blueprints.parse(request.body);
  const { spec } = parsed;
  authorizer.requireBecomesOwner(user, spec.owner);
  const there = await services.databases.get(spec).catch(error => {
    if (isError(error) && error.name === 'NotFoundError') return undefined;
    throw error;
  });
  if (there) authorizer.requireOwner(user, there);
  return { ...parsed, user };
}

/** For the audit alone: the spec is not read yet, so this may be anything. */
function addressOf(body: Record<string, unknown>): DatabaseRef {
  const word = (value: unknown) => String(value).slice(0, 63);
  return {
    kubernetesCluster: word(body.kubernetesCluster),
    namespace: word(body.namespace),
  };
}

function requireConfirmed(confirm: string, name: string): void {
  if (confirm === name) return;
  throw new InputError(
    `confirm: expected the name of the database, "${name}", got "${confirm}"`,
  );
}

function nothingRuns(database: string): NotFoundError {
  return new NotFoundError(
    `No change of database "${database}" runs in this replica of the portal. Where another one runs it, closing the connection that started it stops it`,
  );
}
