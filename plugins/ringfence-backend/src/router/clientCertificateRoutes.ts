import type { Permission } from '@backstage/plugin-permission-common';
import {
  credentialsIssuePermission,
  databaseReadPermission,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request } from 'express';
import type { ClientCertificates } from '../clientCertificates';
import { audited } from './audited';
import { DATABASE, refOf } from './changes';
import type { ApiRouter, RouteDeps } from './RouteDeps';

const PATH = `${DATABASE}/client-certificates` as const;

type Options = Parameters<ClientCertificates['revoke']>[2];

/** Certificates that teams show to the gateway or the nodes, for the database's owners alone: what changes them is audited. */
export function addClientCertificateRoutes(
  router: ApiRouter,
  deps: RouteDeps,
): void {
  const { auditor, services } = deps;
  const { clientCertificates } = services;

  router.get(PATH, async (request, response) => {
    await owned(deps, request, databaseReadPermission);
    response.json({ items: await clientCertificates.list(refOf(request)) });
  });
  router.post(PATH, (request, response) => {
    const { team } = request.body;
    return audited(auditor, auditOf('issue', request, team), async () => {
      const options = await owned(deps, request, credentialsIssuePermission);
      const made = await clientCertificates.issue(
        refOf(request),
        request.body,
        options,
      );
      const { certificate, certificatePem, keyPem } = made;
      response.set('cache-control', 'no-store').json({
        ...{ certificate, certificatePem },
        keyPem: keyPem.reveal(),
        keystore: Buffer.from(made.keystore()).toString('base64'),
      });
    });
  });
  router.delete(`${PATH}/:team`, (request, response) => {
    const { team } = request.params;
    return audited(auditor, auditOf('revoke', request, team), async () => {
      const options = await owned(deps, request, credentialsIssuePermission);
      await clientCertificates.revoke(refOf(request), team, options);
      response.status(204).end();
    });
  });
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

function auditOf(what: 'issue' | 'revoke', request: Request, team: string) {
  return {
    eventId: `client-certificate-${what}`,
    severityLevel: 'high' as const,
    request,
    meta: { team, database: stringifyDatabaseRef(refOf(request)) },
  };
}
