import type {
  AuthService,
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type {
  DeferredEntity,
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import {
  DATABASES_TOPIC,
  type RingfenceService,
} from '@ringfence/backstage-plugin-ringfence-node';
import { toEntity } from './toEntity';

/** What {@link RingfenceEntityProvider} works with. */
export interface RingfenceEntityProviderDeps {
  readonly auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  readonly events: Pick<EventsService, 'subscribe'>;
  readonly logger: LoggerService;
  readonly ringfence: Pick<RingfenceService, 'listDatabases'>;
  readonly schedule: SchedulerServiceTaskRunner;
}

/**
 * Gives the catalog an entity for each managed database: on a schedule, and at
 * once when the Ringfence backend says that one came, changed or went.
 *
 * A database disappears from the catalog only where its Kubernetes cluster was
 * asked and does not have it: a listing that failed, in whole or for one
 * Kubernetes cluster, deletes nothing.
 */
export class RingfenceEntityProvider implements EntityProvider {
  readonly #deps: RingfenceEntityProviderDeps;
  #connection?: EntityProviderConnection;
  /** One listing at a time: an older one must not overwrite a newer one. */
  #queue: Promise<void> = Promise.resolve();

  constructor(deps: RingfenceEntityProviderDeps) {
    this.#deps = deps;
  }

  getProviderName(): string {
    return 'ringfence';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#connection = connection;
    await this.#deps.events.subscribe({
      id: 'ringfence-entity-provider',
      topics: [DATABASES_TOPIC],
      onEvent: () => this.refresh(),
    });
    await this.#deps.schedule.run({
      id: 'ringfence-entity-provider',
      fn: () => this.refresh(),
    });
  }

  /** Lists and hands over; logs what goes wrong and throws nothing. */
  async refresh(): Promise<void> {
    this.#queue = this.#queue.then(() => this.#refresh());
    await this.#queue;
  }

  async #refresh(): Promise<void> {
    const { auth, logger, ringfence } = this.#deps;
    try {
      const { databases, unreachable } = await ringfence.listDatabases({
        credentials: await auth.getOwnServiceCredentials(),
      });
      const entities = databases.map(database => this.#defer(database));
      await this.#connection?.applyMutation(
        unreachable.length === 0
          ? { type: 'full', entities }
          : { type: 'delta', added: entities, removed: [] },
      );
      if (unreachable.length > 0) {
        logger.warn(
          `Databases in ${unreachable.join(
            ', ',
          )} could not be listed; their entities stay as they are`,
        );
      }
    } catch (error) {
      logger.warn(
        'Databases could not be listed; their entities stay as they are',
        toError(error),
      );
    }
  }

  #defer(database: Parameters<typeof toEntity>[0]): DeferredEntity {
    return { entity: toEntity(database), locationKey: this.getProviderName() };
  }
}
