import {
  createBackendPlugin,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import {
  catalogServiceRef,
  type CatalogService,
} from '@backstage/plugin-catalog-node';
import {
  eventsServiceFactory,
  eventsServiceRef,
  type EventsService,
} from '@backstage/plugin-events-node';
import type { DatabaseSummary } from '@ringfence/backstage-plugin-ringfence-common';
import {
  DATABASES_TOPIC,
  ringfenceServiceRef,
  type RingfenceService,
} from '@ringfence/backstage-plugin-ringfence-node';
import { catalogModuleRingfence } from './module';

const ENTITY_REF = 'resource:default/eu-1.orders';
const ORDERS: DatabaseSummary = {
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  name: 'orders',
  blueprint: 'scylladb-ambient',
  blueprintTitle: 'ScyllaDB in ambient mesh',
  owner: 'group:default/payments',
  state: 'ready',
};
/** So rare that the event alone can bring the entity. */
const RARELY = { frequency: { hours: 1 }, timeout: { minutes: 1 } };

async function startCatalog(ringfence: Partial<RingfenceService>) {
  let services!: { catalog: CatalogService; events: EventsService };
  const probe = createBackendPlugin({
    pluginId: 'ringfence',
    register(env) {
      env.registerInit({
        deps: { catalog: catalogServiceRef, events: eventsServiceRef },
        async init(deps) {
          services = deps;
        },
      });
    },
  });
  const providers = { ringfence: { schedule: RARELY } };
  await startTestBackend({
    features: [
      catalogPlugin,
      catalogModuleRingfence,
      probe,
      eventsServiceFactory,
      createServiceFactory({
        service: ringfenceServiceRef,
        deps: {},
        factory: () => ringfence as RingfenceService,
      }),
      mockServices.rootConfig.factory({ data: { catalog: { providers } } }),
    ],
  });
  return services;
}

async function awaitEntity(catalog: CatalogService): Promise<Entity> {
  for (;;) {
    const entity = await catalog.getEntityByRef(ENTITY_REF, {
      credentials: mockCredentials.service(),
    });
    if (entity) return entity;
    await new Promise(resolve => {
      setTimeout(resolve, 50);
    });
  }
}

it('has a new database in the catalog within 10 s of the event', async () => {
  const databases: DatabaseSummary[] = [];
  const { catalog, events } = await startCatalog({
    listDatabases: async () => ({ databases, unreachable: [] }),
  });
  databases.push(ORDERS);
  await events.publish({
    topic: DATABASES_TOPIC,
    eventPayload: { database: 'eu-1/orders' },
  });
  expect((await awaitEntity(catalog)).spec).toMatchObject({
    type: 'scylladb-ambient',
    owner: 'group:default/payments',
  });
}, 10_000);
