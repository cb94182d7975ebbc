import type { AuthService } from '@backstage/backend-plugin-api';
import {
  parseEntityRef,
  RELATION_HAS_MEMBER,
  RELATION_PARENT_OF,
  type Entity,
} from '@backstage/catalog-model';
import { ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/** Whom the catalog knows. */
export interface OwnersDeps {
  readonly auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  readonly catalog: Pick<CatalogService, 'getEntityByRef'>;
}

/**
 * Whether a notification reaches anybody. The notifications backend takes one
 * for an owner that the catalog does not know, or a group with nobody in it,
 * and drops it without a word; so it does while the catalog is still loading.
 */
export class Owners {
  readonly #deps: OwnersDeps;

  constructor(deps: OwnersDeps) {
    this.#deps = deps;
  }

  /** @throws ServiceUnavailableError where nobody would be reached */
  async requireReachable(owner: string): Promise<void> {
    const { auth, catalog } = this.#deps;
    const credentials = await auth.getOwnServiceCredentials();
    const entity = await catalog.getEntityByRef(owner, { credentials });
    if (!entity) {
      throw new ServiceUnavailableError(
        `Owner "${owner}" is not in the catalog`,
      );
    }
    if (parseEntityRef(owner).kind === 'group' && isEmpty(entity)) {
      throw new ServiceUnavailableError(
        `The catalog knows nobody in group "${owner}"`,
      );
    }
  }
}

function isEmpty({ relations = [] }: Entity): boolean {
  return !relations.some(({ type }) =>
    [RELATION_HAS_MEMBER, RELATION_PARENT_OF].includes(type),
  );
}
