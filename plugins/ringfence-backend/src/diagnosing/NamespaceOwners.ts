import type { AuthService } from '@backstage/backend-plugin-api';
import { RELATION_OWNED_BY, type Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';

/** Where an entity runs, as Backstage's own Kubernetes plugin reads it. @see https://backstage.io/docs/features/kubernetes/configuration */
const NAMESPACE = 'backstage.io/kubernetes-namespace';
const CLUSTER = 'backstage.io/kubernetes-cluster';

/** Whose namespaces are, by the catalog. */
export class NamespaceOwners {
  readonly #deps: {
    readonly auth: Pick<AuthService, 'getOwnServiceCredentials'>;
    readonly catalog: Pick<CatalogService, 'getEntities'>;
  };

  constructor(deps: {
    readonly auth: Pick<AuthService, 'getOwnServiceCredentials'>;
    readonly catalog: Pick<CatalogService, 'getEntities'>;
  }) {
    this.#deps = deps;
  }

  /**
   * The owners of each entity that says that it runs there. The portal itself
   * asks: entities that a user may not see are somebody's, too.
   *
   * @returns entity refs, entity by entity; none where none says so
   */
  async of({ kubernetesCluster, namespace }: DatabaseRef): Promise<string[][]> {
    const { auth, catalog } = this.#deps;
    const credentials = await auth.getOwnServiceCredentials();
    const { items } = await catalog.getEntities(
      {
        filter: { [`metadata.annotations.${NAMESPACE}`]: namespace },
        fields: ['kind', 'metadata.annotations', 'relations'],
      },
      { credentials },
    );
    return items
      .filter(({ metadata }) => {
        const cluster = metadata.annotations?.[CLUSTER];
        return cluster === undefined || cluster === kubernetesCluster;
      })
      .map(ownersOf);
  }
}

function ownersOf({ relations = [] }: Entity): string[] {
  return relations
    .filter(({ type }) => type === RELATION_OWNED_BY)
    .map(({ targetRef }) => targetRef);
}
