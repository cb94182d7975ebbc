import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import {
  Secret,
  type KubernetesCluster,
  type Login,
} from '@ringfence/backstage-plugin-ringfence-node';
import { NotFoundError } from '@backstage/errors';

/** User name and password, in clear: never to be logged. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The decoded data of a Secret in the database's namespace.
 *
 * @throws NotFoundError
 */
export async function readSecret(
  kubernetes: KubernetesCluster,
  { namespace }: DatabaseRef,
  name: string,
): Promise<Readonly<Record<string, Secret>>> {
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name };
  const object = await kubernetes.get(ref);
  if (!object) {
    throw new NotFoundError(
      `Secret "${namespace}/${name}" not found in Kubernetes cluster "${kubernetes.name}"`,
    );
  }
  const data: Record<string, string> = object.data ?? {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      new Secret(Buffer.from(value, 'base64').toString('utf8')),
    ]),
  );
}

/**
 * One key of a Secret, in clear.
 *
 * @throws NotFoundError where Secret or key is missing
 */
export async function revealKey(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  name: string,
  key: string,
): Promise<string> {
  const secret = (await readSecret(kubernetes, database, name))[key];
  if (secret) return secret.reveal();
  throw new NotFoundError(
    `Secret "${database.namespace}/${name}" in Kubernetes cluster "${kubernetes.name}" has no key "${key}"`,
  );
}

/**
 * User name and password of a login, in clear.
 *
 * @returns undefined for `anonymous`
 * @throws NotFoundError where they are in a Secret that is not there
 */
export async function credentialsOf(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  login: Login,
): Promise<Credentials | undefined> {
  if (login === 'anonymous') return undefined;
  if (!('secret' in login)) return login;
  const reveal = (key: string) =>
    revealKey(kubernetes, database, login.secret, key);
  return {
    username: await reveal('username'),
    password: await reveal('password'),
  };
}
