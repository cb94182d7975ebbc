import { ConflictError } from '@backstage/errors';
import {
  credentialRequestSchema,
  issuedCredentialSchema,
  MANAGED_BY_LABEL,
  MANAGER,
  type IssuedCredential,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { roleName, roleVersion } from './roles';

/**
 * Which credentials were issued, in a ConfigMap beside their Secrets: Ringfence
 * may not list Secrets. It lacks the label of the database's own objects, which
 * end with the spec that asks for them; these outlive a change of it.
 */
export class CredentialBook {
  readonly #kubernetes: KubernetesCluster;
  readonly #ref: ObjectRef;

  /** @param kubernetes - for writing, of a run that holds the database's Lease */
  constructor(kubernetes: KubernetesCluster, namespace: string) {
    this.#kubernetes = kubernetes;
    this.#ref = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'ringfence-credentials',
      namespace,
    };
  }

  /**
   * By name.
   *
   * @throws ConflictError where one was not written here
   */
  async read(): Promise<IssuedCredential[]> {
    const found = await this.#kubernetes.get(this.#ref);
    return Object.entries(entriesOf(found))
      .map(([name, text]) => this.#entry(name, text))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Who may write ConfigMaps in the namespace may write this one. What it says is
   * done as superuser, so it names a team's roles and keyspaces or is not heeded.
   */
  #entry(name: string, text: string): IssuedCredential {
    try {
      const credential = issuedCredentialSchema.parse(JSON.parse(text));
      if (credential.name === name && isOwn(credential)) return credential;
    } catch {
      // Said below.
    }
    const { namespace, name: configMap } = this.#ref;
    throw new ConflictError(
      `Entry "${name}" of ConfigMap "${namespace}/${configMap}" is no credential that Ringfence issued. See who changed it: kubectl get configmap ${configMap} -n ${namespace} -o yaml --show-managed-fields`,
    );
  }

  async write(credentials: readonly IssuedCredential[]): Promise<void> {
    const { name, namespace, ...type } = this.#ref;
    await this.#kubernetes.apply({
      ...type,
      metadata: { name, namespace, labels: { [MANAGED_BY_LABEL]: MANAGER } },
      data: Object.fromEntries(
        credentials.map(credential => [
          credential.name,
          JSON.stringify(credential),
        ]),
      ),
    });
  }
}

/** Whether Ringfence could have issued it: names of its own, and keyspaces that may be asked for. */
function isOwn(credential: IssuedCredential): boolean {
  const { name, team, keyspaces, access, role, previous, secret } = credential;
  const isRole = (text: string) => text === roleName(name, roleVersion(text));
  return (
    credentialRequestSchema.safeParse({ name, team, keyspaces, access })
      .success &&
    isRole(role) &&
    (!previous || isRole(previous.role)) &&
    secret.endsWith(`-credential-${name}`)
  );
}

function entriesOf(found?: KubernetesObject): Record<string, string> {
  return found?.data ?? {};
}
