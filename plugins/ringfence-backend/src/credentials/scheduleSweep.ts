import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
  type DatabaseState,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { TeamCredentials } from './TeamCredentials';

/** Whom the Lease and the audit name. */
const ACTOR = 'plugin:ringfence';

/** Databases that are looked after at once: each costs its API server a request. */
const AT_ONCE = 200;

/** What {@link scheduleSweep} works with. */
export interface SweepDeps {
  readonly scheduler: Pick<SchedulerService, 'scheduleTask'>;
  readonly databases: {
    list(): Promise<
      readonly { readonly ref: DatabaseRef; readonly state: DatabaseState }[]
    >;
  };
  readonly credentials: Pick<TeamCredentials, 'sweep'>;
  readonly logger: LoggerService;
}

/**
 * Has roles dropped whose time after a rotation is over: by one replica of the
 * portal, every ten minutes. Where databases are many, some each time.
 */
export async function scheduleSweep(deps: SweepDeps): Promise<void> {
  /** Which time it was, by address. */
  const sweptAt = new Map<string, number>();
  let times = 0;
  await deps.scheduler.scheduleTask({
    id: 'ringfence-credentials',
    frequency: { minutes: 10 },
    timeout: { minutes: 5 },
    // A start has better to do.
    initialDelay: { minutes: 1 },
    fn: signal => {
      times += 1;
      return sweepSome(deps, signal, sweptAt, times);
    },
  });
}

/** Those first that have waited longest. */
async function sweepSome(
  { databases, credentials, logger }: SweepDeps,
  signal: AbortSignal,
  sweptAt: Map<string, number>,
  time: number,
): Promise<void> {
  const all = await databases.list();
  const addresses = new Set(all.map(({ ref }) => stringifyDatabaseRef(ref)));
  for (const address of sweptAt.keys()) {
    if (!addresses.has(address)) sweptAt.delete(address);
  }
  const lastTime = ({ ref }: { ref: DatabaseRef }) =>
    sweptAt.get(stringifyDatabaseRef(ref)) ?? 0;
  // In one that is being made or taken away there may be no rights, or none any more.
  const ready = all
    .filter(({ state }) => state === 'ready')
    .sort((a, b) => lastTime(a) - lastTime(b));
  for (const { ref } of ready.slice(0, AT_ONCE)) {
    if (signal.aborted) return;
    sweptAt.set(stringifyDatabaseRef(ref), time);
    const options = { signal, actor: ACTOR };
    // One that is away, or being changed, has its turn again.
    await credentials
      .sweep(ref, options)
      .catch(error =>
        logger.warn(
          `Rotated roles of "${stringifyDatabaseRef(
            ref,
          )}" were not looked after: ${error.message}`,
        ),
      );
  }
}
