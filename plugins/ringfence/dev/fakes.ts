import { Entity } from '@backstage/catalog-model';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  DatabaseRef,
  DATABASE_ANNOTATION,
  Report,
  RingfenceApi,
} from '@ringfence/backstage-plugin-ringfence-common';
import { access, database, platforms } from '../src/__fixtures__/access';
import { createReports } from '../src/__fixtures__/reports';

/** Each variant of the card is a database whose namespace says how it behaves. */
export const variants = [
  'healthy',
  'simulated',
  'expiring',
  'failing',
  'unknown',
  'loading',
  'denied',
  'missing',
  'unreachable',
] as const;

function owned(entity: Entity): Entity {
  return {
    ...entity,
    spec: { type: 'scylladb-ambient', owner: 'group:default/payments' },
    relations: [
      ...(entity.relations ?? []),
      { type: 'ownedBy', targetRef: 'group:default/payments' },
    ],
  };
}

/** The Resource of a variant's database. */
export function resourceOf(variant: string): Entity {
  return owned({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: `sandbox.${variant}`,
      namespace: 'default',
      annotations: { [DATABASE_ANNOTATION]: `sandbox/${variant}` },
    },
  });
}

/** A Component that depends on a variant's database. */
export function clientOf(variant: string): Entity {
  return owned({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'product-pages', title: 'Product pages' },
    relations: [
      {
        type: 'dependsOn',
        targetRef: `resource:default/sandbox.${variant}`,
      },
    ],
  });
}

/** A Resource that is linked to no database. */
export const unlinked: Entity = owned({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: 'orders-db' },
});

const pause = (ms: number) =>
  new Promise<void>(resolve => setTimeout(resolve, ms));

async function reportOf({ namespace }: DatabaseRef): Promise<Report> {
  if (namespace === 'loading') return new Promise(() => {});
  if (namespace === 'denied') throw new NotAllowedError('not an owner');
  if (namespace === 'missing') throw new NotFoundError('no such database');
  if (namespace === 'unreachable') throw new TypeError('Failed to fetch');
  const reports = createReports(new Date());
  return reports[namespace as keyof typeof reports] ?? reports.healthy;
}

/** Answers as the backend would, from fixtures. */
export const fakeApi: RingfenceApi = {
  listPlatforms: async () => platforms,
  listBlueprints: async () => [],
  listDatabases: async () => [
    database,
    { ...database, namespace: 'shop', name: 'shop' },
  ],
  getDatabase: async ref => ({
    ...database,
    ...ref,
    allowed:
      ref.namespace === 'failing'
        ? { downloadBundle: false, readCredentials: false, delete: false }
        : database.allowed,
  }),
  getReport: async (ref, options) => {
    if (options?.refresh) await pause(1500);
    return reportOf(ref);
  },
  getAccess: async ref => ({
    ...access,
    connection: {
      ...access.connection,
      simulated: (await reportOf(ref)).simulated,
    },
  }),
  downloadBundle: async () => ({
    fileName: access.bundle.fileName,
    content: new Blob(['zip']),
  }),
  revealCredentials: async () => ({
    username: 'orders_app',
    password: 'only-for-this-page-8fK2',
  }),
};
