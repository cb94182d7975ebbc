import {
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

  /** By name. */
  async read(): Promise<IssuedCredential[]> {
    const found = await this.#kubernetes.get(this.#ref);
    return Object.values(entriesOf(found))
      .map(text => issuedCredentialSchema.parse(JSON.parse(text)))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
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

function entriesOf(found?: KubernetesObject): Record<string, string> {
  return found?.data ?? {};
}
