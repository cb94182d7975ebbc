import type {
  BackstageCredentials,
  LoggerService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long {@link awaitEntity} looks, and how often. */
export interface AwaitEntityTimings {
  readonly timeoutMs: number;
  readonly everyMs: number;
}

const DEFAULT_TIMINGS: AwaitEntityTimings = { timeoutMs: 10_000, everyMs: 500 };

/**
 * Waits until the catalog has an entity, so that links to it work when the
 * task ends. An entity that stays away fails nothing: the database is there.
 */
export async function awaitEntity(
  entityRef: string,
  options: {
    readonly catalog: Pick<CatalogService, 'getEntityByRef'>;
    readonly credentials: BackstageCredentials;
    readonly logger: LoggerService;
    readonly signal?: AbortSignal;
    readonly timings?: Partial<AwaitEntityTimings>;
  },
): Promise<void> {
  const { catalog, credentials, logger, signal } = options;
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const giveUpAt = Date.now() + timings.timeoutMs;
  while (!signal?.aborted && Date.now() < giveUpAt) {
    const entity = await catalog
      .getEntityByRef(entityRef, { credentials })
      .catch(() => undefined);
    if (entity) {
      logger.info(`Entity ${entityRef} is in the catalog`);
      return;
    }
    await sleep(timings.everyMs, undefined, { signal }).catch(() => {});
  }
  logger.warn(
    `Entity ${entityRef} is not in the catalog yet; it appears by itself. Is @ringfence/backstage-plugin-catalog-backend-module-ringfence installed?`,
  );
}
