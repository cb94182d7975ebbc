import { NotFoundError } from '@backstage/errors';
import type { Access } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { notAfter, subjectText } from '../checks/x509';
import type { StoredDatabase } from '../databases/Databases';
import { hostPort } from '@ringfence/connection/dial';
import { PROTOCOLS } from './clients';
import { bundleContents, bundleFileName, snippets } from './bundle';
import { readCa, type CertificateAuthority } from './readCa';
import { readConnection, type ReadRing } from './readConnection';

/**
 * Reads how clients get in to a database, live.
 *
 * @throws NotFoundError where there is no way in, or not yet: the message says what is missing
 */
export async function readAccess(
  database: StoredDatabase,
  kubernetes: KubernetesCluster,
  ring?: ReadRing,
): Promise<Access> {
  requireExposure(database);
  const ca = await readCa(database, kubernetes);
  const connection = await readConnection(database, kubernetes, ca, ring);
  const fileName = bundleFileName(connection);
  return {
    connection,
    ca: describeCa(ca),
    command: `npx @ringfence/connect up ${fileName}`,
    bundle: {
      fileName,
      files: bundleContents(connection, ca.pem).map(
        ({ path, description, content }) => ({
          path,
          description,
          bytes: content.length,
        }),
      ),
    },
    snippets: snippets(connection, ca.pem),
  };
}

function requireExposure({ ref, blueprint, spec }: StoredDatabase) {
  const recipe = blueprint.access(spec);
  if (recipe.exposure !== 'none') return;
  throw new NotFoundError(
    `Database "${ref.kubernetesCluster}/${ref.namespace}" has no way in from outside: its spec says access.exposure: none. ` +
      `There is no bundle for it, since neither gateway nor certificate exist. ` +
      `The workloads that access.clients names connect to ${hostPort(
        recipe.inClusterHost,
        PROTOCOLS[recipe.protocol].port,
      )} without TLS of their own${
        recipe.datacenter ? `, datacenter "${recipe.datacenter}"` : ''
      }: both ends must be in the mesh, which encrypts for them.`,
  );
}

function describeCa({ pem, certificates }: CertificateAuthority): Access['ca'] {
  return {
    pem,
    certificates: certificates.map(certificate => ({
      subject: subjectText(certificate),
      sha256: certificate.fingerprint256,
      notAfter: notAfter(certificate).toISOString(),
    })),
  };
}
