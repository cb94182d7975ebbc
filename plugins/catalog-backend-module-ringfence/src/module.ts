import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { ringfenceServiceRef } from '@ringfence/backstage-plugin-ringfence-node';
import { RingfenceEntityProvider } from './RingfenceEntityProvider';

/** Short, because listing is cheap and an entity should not lag behind its database. */
const DEFAULT_SCHEDULE: SchedulerServiceTaskScheduleDefinition = {
  frequency: { seconds: 15 },
  timeout: { minutes: 1 },
  initialDelay: { seconds: 3 },
};

/** Makes Ringfence's databases appear in the catalog by themselves. */
export const catalogModuleRingfence = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'ringfence',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        events: eventsServiceRef,
        logger: coreServices.logger,
        ringfence: ringfenceServiceRef,
        scheduler: coreServices.scheduler,
      },
      async init({ catalog, config, scheduler, ...deps }) {
        const schedule = scheduler.createScheduledTaskRunner(
          readSchedule(config),
        );
        catalog.addEntityProvider(
          new RingfenceEntityProvider({ ...deps, schedule }),
        );
      },
    });
  },
});

function readSchedule(config: Config): SchedulerServiceTaskScheduleDefinition {
  const key = 'catalog.providers.ringfence.schedule';
  return config.has(key)
    ? readSchedulerServiceTaskScheduleDefinitionFromConfig(
        config.getConfig(key),
      )
    : DEFAULT_SCHEDULE;
}
