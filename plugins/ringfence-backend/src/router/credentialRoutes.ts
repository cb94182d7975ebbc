import type { Permission } from '@backstage/plugin-permission-common';
import {
  credentialsIssuePermission,
  databaseReadPermission,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request, Response } from 'express';
import type { NewCredential, TeamCredentials } from '../credentials';
import { audited } from './audited';
import { DATABASE, refOf } from './changes';
import type { ApiRouter, RouteDeps } from './RouteDeps';

type Options = Parameters<TeamCredentials['revoke']>[2];

/** Roles of teams, for the database's owners alone: what changes them is audited, and a password is sent once. */
export function addCredentialRoutes(router: ApiRouter, deps: RouteDeps): void {
  const { auditor, services } = deps;
  const { credentials } = services;

  router.get(`${DATABASE}/credentials`, async (request, response) => {
    await owned(deps, request, databaseReadPermission);
    response.json({ items: await credentials.list(refOf(request)) });
  });
  router.post(`${DATABASE}/credentials`, (request, response) => {
    const { name, team, keyspaces, access } = request.body;
    const meta = { credential: name, team, keyspaces, access };
    return audited(auditor, auditOf('issue', request, meta), async () => {
      const options = await owned(deps, request, credentialsIssuePermission);
      send(
        response,
        await credentials.issue(refOf(request), request.body, options),
      );
    });
  });
  router.post(
    `${DATABASE}/credentials/:credential/rotate`,
    (request, response) => {
      const { credential } = request.params;
      const { graceHours } = request.body;
      return audited(auditor, auditOf('rotate', request, { credential }), () =>
        owned(deps, request, credentialsIssuePermission)
          .then(options =>
            credentials.rotate(refOf(request), credential, {
              ...options,
              graceHours,
            }),
          )
          .then(made => send(response, made)),
      );
    },
  );
  router.delete(`${DATABASE}/credentials/:credential`, (request, response) => {
    const { credential } = request.params;
    return audited(
      auditor,
      auditOf('revoke', request, { credential }),
      async () => {
        const options = await owned(deps, request, credentialsIssuePermission);
        await credentials.revoke(refOf(request), credential, options);
        response.status(204).end();
      },
    );
  });
}

function send(response: Response, { credential, password }: NewCredential) {
  response
    .set('cache-control', 'no-store')
    .json({ credential, password: password.reveal() });
}

/**
 * Permission, then the database, then its ownership: strangers learn of no name.
 *
 * @returns for whom a change runs; it goes to its end, whoever waits for it
 */
async function owned(
  { authorizer, services }: RouteDeps,
  request: Request,
  permission: Permission,
): Promise<Options> {
  const user = await authorizer.requireUser(request, permission);
  const ref = refOf(request);
  const database = await services.databases.get(ref);
  authorizer.requireOwner(user, database);
  return { actor: user.userEntityRef, signal: new AbortController().signal };
}

function auditOf(
  what: 'issue' | 'rotate' | 'revoke',
  request: Request,
  meta: {
    credential: string;
    team?: string;
    keyspaces?: string[];
    access?: string;
  },
) {
  return {
    eventId: `credentials-${what}`,
    severityLevel: 'high' as const,
    request,
    meta: { ...meta, database: stringifyDatabaseRef(refOf(request)) },
  };
}
