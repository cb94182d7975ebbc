import { Entity } from '@backstage/catalog-model';
import { DATABASE_ANNOTATION } from '@ringfence/backstage-plugin-ringfence-common';

const OWNED_BY = { type: 'ownedBy', targetRef: 'group:default/payments' };

/** The Resource of the database in `sandbox/<namespace>`. */
export function resourceOf(namespace: string): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: `sandbox.${namespace}`,
      namespace: 'default',
      annotations: { [DATABASE_ANNOTATION]: `sandbox/${namespace}` },
    },
    spec: { type: 'scylladb-ambient', owner: 'group:default/payments' },
    relations: [OWNED_BY],
  };
}

/** A Component that depends on Resources. */
export function clientOf(...resources: string[]): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'product-pages', title: 'Product pages' },
    spec: { type: 'service' },
    relations: resources.map(name => ({
      type: 'dependsOn',
      targetRef: `resource:default/${name}`,
    })),
  };
}

/** A Resource that is linked to no database. */
export const unlinked: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: 'orders-db', namespace: 'default' },
  spec: { type: 'database', owner: 'group:default/payments' },
  relations: [OWNED_BY],
};
