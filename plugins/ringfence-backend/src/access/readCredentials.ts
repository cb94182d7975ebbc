import { NotFoundError } from '@backstage/errors';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import {
  Secret,
  type KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../databases/Databases';

/**
 * Reads the login of the application role. The superuser's is in another
 * Secret, which nothing here reads.
 *
 * @throws NotFoundError where its Secret is not there or not complete
 */
export async function readCredentials(
  database: StoredDatabase,
  kubernetes: KubernetesCluster,
): Promise<{ username: string; password: Secret }> {
  const data = await readData(database, kubernetes);
  return {
    username: decode(database, data, 'username'),
    password: new Secret(decode(database, data, 'password')),
  };
}

/** The application role's name, which is not a secret. @throws NotFoundError */
export async function readRoleName(
  database: StoredDatabase,
  kubernetes: KubernetesCluster,
): Promise<string> {
  return decode(database, await readData(database, kubernetes), 'username');
}

async function readData(
  database: StoredDatabase,
  kubernetes: KubernetesCluster,
): Promise<Record<string, string>> {
  const secret = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Secret',
    name: nameOf(database),
    namespace: database.ref.namespace,
  });
  if (!secret) throw missing(database, 'is not there');
  return secret.data ?? {};
}

function decode(
  database: StoredDatabase,
  data: Record<string, string>,
  key: 'username' | 'password',
): string {
  const text = Buffer.from(data[key] ?? '', 'base64').toString('utf8');
  if (!text) throw missing(database, `has no key "${key}"`);
  return text;
}

function nameOf({ blueprint, spec, ref }: StoredDatabase): string {
  const { applicationRoleSecret } = blueprint.access(spec);
  if (!applicationRoleSecret) {
    throw new NotFoundError(
      `Database "${stringifyDatabaseRef(
        ref,
      )}" knows no logins: there are no credentials to tell`,
    );
  }
  return applicationRoleSecret;
}

function missing(database: StoredDatabase, what: string): NotFoundError {
  const { kubernetesCluster, namespace } = database.ref;
  return new NotFoundError(
    `Secret "${namespace}/${nameOf(
      database,
    )}" in Kubernetes cluster "${kubernetesCluster}" ${what}. ` +
      'Provision the database again with the same spec: that makes the application role.',
  );
}
