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

/** Has roles dropped whose time after a rotation is over: by one replica of the portal, every ten minutes. */
export async function scheduleSweep(deps: SweepDeps): Promise<void> {
  await deps.scheduler.scheduleTask({
    id: 'ringfence-credentials',
    frequency: { minutes: 10 },
    timeout: { minutes: 5 },
    // A start has better to do.
    initialDelay: { minutes: 1 },
    fn: signal => sweepAll(deps, signal),
  });
}

async function sweepAll(
  { databases, credentials, logger }: SweepDeps,
  signal: AbortSignal,
): Promise<void> {
  for (const { ref, state } of await databases.list()) {
    if (signal.aborted) return;
    // In one that is being made or taken away there may be no rights, or none any more.
    if (state !== 'ready') continue;
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
