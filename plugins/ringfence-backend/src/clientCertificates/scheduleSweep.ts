import type {
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { StoredDatabase } from '../databases/Databases';
import type { ClientCertificates } from './ClientCertificates';

/** Whom the Lease and the audit name. */
const ACTOR = 'plugin:ringfence';

/** What {@link scheduleSweep} works with. */
export interface SweepDeps {
  readonly scheduler: Pick<SchedulerService, 'scheduleTask'>;
  readonly databases: { list(): Promise<readonly StoredDatabase[]> };
  readonly clientCertificates: Pick<ClientCertificates, 'sweep'>;
  readonly logger: LoggerService;
}

/** Has client certificates removed that their teams did not renew: by one replica of the portal, every ten minutes. */
export async function scheduleSweep(deps: SweepDeps): Promise<void> {
  await deps.scheduler.scheduleTask({
    id: 'ringfence-client-certificates',
    frequency: { minutes: 10 },
    timeout: { minutes: 5 },
    // A start has better to do.
    initialDelay: { minutes: 2 },
    fn: signal => sweepAll(deps, signal),
  });
}

async function sweepAll(
  { databases, clientCertificates, logger }: SweepDeps,
  signal: AbortSignal,
): Promise<void> {
  for (const { ref, state, blueprint, spec } of await databases.list()) {
    if (signal.aborted) return;
    // The others have none, and asking costs their API server a request.
    if (!blueprint.access(spec).clientCertificates) continue;
    if (state !== 'ready') continue;
    const options = { signal, actor: ACTOR };
    // One that is away, or being changed, has its turn again.
    await clientCertificates
      .sweep(ref, options)
      .catch(error =>
        logger.warn(
          `Client certificates of "${stringifyDatabaseRef(
            ref,
          )}" were not looked after: ${error.message}`,
        ),
      );
  }
}
