import {
  clientPlaceSchema,
  databaseOperatePermission,
  databaseReadPermission,
  stringifyDatabaseRef,
  type ClientPlace,
  type ConnectionTestStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Permission } from '@backstage/plugin-permission-common';
import type { Request, Response } from 'express';
import type { StoredDatabase } from '../databases/Databases';
import { audited } from './audited';
import type { User } from './Authorizer';
import { DATABASE, refOf } from './changes';
import type { ApiRouter, RouteDeps } from './RouteDeps';

/**
 * Whether clients get in, for the database's owners alone. The test logs in as
 * the application role: it takes the permission that running the probes takes,
 * and is audited. A diagnosis only reads.
 */
export function addConnectionRoutes(router: ApiRouter, deps: RouteDeps): void {
  router.post(`${DATABASE}/connection-test`, (request, response) =>
    audited(deps.auditor, testOf(request), () =>
      sendTest(deps, request, response),
    ),
  );
  router.post(`${DATABASE}/diagnosis`, async (request, response) => {
    const { user, database } = await owned(
      deps,
      request,
      databaseReadPermission,
    );
    const from = clientPlaceSchema.parse(request.body.from);
    const looksAtClient = await mayLookAt(deps, user, database, from);
    response.json(
      await deps.services.diagnose(database, from, { looksAtClient }),
    );
  });
}

/**
 * The portal may read more than who asks. Of a namespace other than the
 * database's own it tells those who own all that runs there, and admins: naming
 * a client in the spec makes nobody its owner.
 */
async function mayLookAt(
  { authorizer, services }: RouteDeps,
  user: User,
  { ref }: StoredDatabase,
  from: ClientPlace,
): Promise<boolean> {
  if (from.kind !== 'workload' || from.namespace === ref.namespace) return true;
  if (authorizer.isOneOf(user, [])) return true;
  const { namespace } = from;
  const owners = await services.namespaceOwners({ ...ref, namespace });
  return (
    owners.length > 0 && owners.every(some => authorizer.isOneOf(user, some))
  );
}

/** @returns an error that says which step failed, for the audit */
async function sendTest(
  { authorizer, services, ...deps }: RouteDeps,
  request: Request,
  response: Response,
): Promise<Error | undefined> {
  const { database } = await owned(
    { authorizer, services, ...deps },
    request,
    databaseOperatePermission,
  );
  const controller = new AbortController();
  const steps = await services.testConnection(database, controller.signal);
  response.on('close', () =>
    controller.abort(new Error('the client closed the connection')),
  );
  response.status(200).set({
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    // nginx would hold the lines back otherwise.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  let failed: ConnectionTestStep | undefined;
  try {
    for await (const step of steps) {
      response.write(`${JSON.stringify(step)}\n`);
      if (step.state === 'failing') failed = step;
    }
    response.end();
  } catch (error) {
    // The answer has begun: without its last step it is no complete one.
    response.destroy();
    return error as Error;
  }
  return failed && new Error(`Step "${failed.step}": ${failed.summary}`);
}

function testOf(request: Request) {
  return {
    eventId: 'connection-test',
    severityLevel: 'medium' as const,
    request,
    meta: { database: stringifyDatabaseRef(refOf(request)) },
  };
}

/** Permission, then the database, then its ownership: strangers learn of no name. */
async function owned(
  { authorizer, services }: RouteDeps,
  request: Request,
  permission: Permission,
): Promise<{ user: User; database: StoredDatabase }> {
  const user = await authorizer.requireUser(request, permission);
  const ref = refOf(request);
  const database = await services.databases.get(ref);
  authorizer.requireOwner(user, database);
  return { user, database };
}
