import type { Permission } from '@backstage/plugin-permission-common';
import {
  bundleDownloadPermission,
  credentialsIssuePermission,
  credentialsReadPermission,
  databaseReadPermission,
  stringifyDatabaseRef,
  type Access,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Request, Response } from 'express';
import type { ClientCertificate } from '../access';
import type { StoredDatabase } from '../databases/Databases';
import type { BundleReceipt } from '../history';
import { audited } from './audited';
import type { User } from './Authorizer';
import type { ApiRouter, RouteDeps } from './RouteDeps';

const DATABASE = '/databases/:kubernetesCluster/:namespace';

/** How clients get in, for owners alone: access, CA, bundle and the application role's login. */
export function addAccessRoutes(router: ApiRouter, deps: RouteDeps): void {
  const { auditor } = deps;

  router.get(`${DATABASE}/access`, (request, response) =>
    sendAccess(deps, request, response),
  );
  router.get(`${DATABASE}/ca`, (request, response) =>
    audited(auditor, downloadOf('ca', request), () =>
      sendCa(deps, request, response),
    ),
  );
  router.get(`${DATABASE}/bundle`, (request, response) =>
    audited(auditor, downloadOf('bundle', request), () =>
      sendBundle(deps, request, response),
    ),
  );
  router.post(`${DATABASE}/credentials/reveal`, (request, response) =>
    audited(auditor, revealOf(request), () =>
      sendCredentials(deps, request, response),
    ),
  );
}

async function sendAccess(
  deps: RouteDeps,
  request: Request,
  response: Response,
): Promise<void> {
  const { database } = await owned(deps, request, databaseReadPermission);
  response.json(await deps.services.access.read(database));
}

async function sendCa(
  deps: RouteDeps,
  request: Request,
  response: Response,
): Promise<void> {
  const { database } = await owned(deps, request, databaseReadPermission);
  const { ca } = await deps.services.access.read(database);
  response.attachment(`${database.spec.name}-ca.crt`);
  response.type('application/x-pem-file').send(ca.pem);
}

async function sendBundle(
  deps: RouteDeps,
  request: Request,
  response: Response,
): Promise<void> {
  const { services } = deps;
  const { user, database } = await owned(
    deps,
    request,
    bundleDownloadPermission,
  );
  const access = await services.access.read(database);
  const certificate = await certificateFor(deps, request, database);
  const zip = await services.access.bundle(access, certificate, {
    format: request.query.format === 'jks' ? 'jks' : undefined,
  });
  await services.history.recordBundle(database.ref, receiptOf(access, user));
  response
    .attachment(access.bundle.fileName)
    .type('application/zip')
    .set('cache-control', 'no-store')
    // The portal's page may be of another origin; it reads the file's name.
    .set('access-control-expose-headers', 'content-disposition')
    .end(zip);
}

/** A team's client certificate, where the bundle is to carry it: whoever has it may use it, so this asks for more. */
async function certificateFor(
  deps: RouteDeps,
  request: Request,
  { ref, spec }: StoredDatabase,
): Promise<ClientCertificate | undefined> {
  const team = teamOf(request);
  if (!team) return undefined;
  await owned(deps, request, credentialsIssuePermission);
  const { clientCertificates, externalUrl } = deps.services;
  const found = await clientCertificates.read(ref, spec.name, team);
  const { certificatePem, keyPem, notAfter } = found;
  const { kubernetesCluster, namespace } = ref;
  const renewUrl = `${await externalUrl()}/databases/${kubernetesCluster}/${namespace}/client-certificates`;
  return { certificatePem, keyPem, notAfter, team, renewUrl };
}

function teamOf({ query }: Request): string | undefined {
  const { clientCertificate: team } = query;
  return typeof team === 'string' ? team : undefined;
}

async function sendCredentials(
  deps: RouteDeps,
  request: Request,
  response: Response,
): Promise<void> {
  const { database } = await owned(deps, request, credentialsReadPermission);
  const login = await deps.services.access.credentials(database);
  response.set('cache-control', 'no-store').json({
    username: login.username,
    password: login.password.reveal(),
  });
}

function downloadOf(what: 'ca' | 'bundle', request: Request) {
  return {
    eventId: `${what}-download`,
    // With a client certificate goes its key.
    severityLevel: teamOf(request) ? ('high' as const) : ('medium' as const),
    request,
    meta: {
      database: stringifyDatabaseRef(refOf(request)),
      ...(teamOf(request) && { clientCertificate: teamOf(request) }),
    },
  };
}

function revealOf(request: Request) {
  return {
    eventId: 'credentials-reveal',
    severityLevel: 'high' as const,
    request,
    meta: { database: stringifyDatabaseRef(refOf(request)) },
  };
}

/** Who takes the bundle, and until when its CA certificates are all good. */
function receiptOf({ connection, ca }: Access, user: User): BundleReceipt {
  const ends = ca.certificates.map(({ notAfter }) => Date.parse(notAfter));
  return {
    userRef: user.userEntityRef,
    caSha256: connection.tls.caSha256,
    downloadedAt: new Date(),
    expiresAt: new Date(Math.min(...ends)),
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

function refOf(request: Request): DatabaseRef {
  const { kubernetesCluster, namespace } = request.params;
  return { kubernetesCluster, namespace };
}
