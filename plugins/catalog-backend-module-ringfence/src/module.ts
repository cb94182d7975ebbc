import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import {
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { ringfenceServiceRef } from '@ringfence/backstage-plugin-ringfence-node';
import { RingfenceEntityProvider } from './RingfenceEntityProvider';
import { BlueprintTemplateProvider } from './templates';

const PROVIDER = 'catalog.providers.ringfence';

/** Short, because listing is cheap and an entity should not lag behind its database. */
const DEFAULT_SCHEDULE: SchedulerServiceTaskScheduleDefinition = {
  frequency: { seconds: 15 },
  timeout: { minutes: 1 },
  initialDelay: { seconds: 3 },
};

/** Makes Ringfence's databases, and templates for its blueprints, appear in the catalog by themselves. */
export const catalogModuleRingfence = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'ringfence',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        events: eventsServiceRef,
        logger: coreServices.logger,
        processing: catalogProcessingExtensionPoint,
        ringfence: ringfenceServiceRef,
        scheduler: coreServices.scheduler,
      },
      async init({ config, processing, scheduler, ...deps }) {
        const createSchedule = () =>
          scheduler.createScheduledTaskRunner(readSchedule(config));
        processing.addEntityProvider(
          new RingfenceEntityProvider({ ...deps, schedule: createSchedule() }),
        );
        if (
          config.getOptionalBoolean(`${PROVIDER}.templates.enabled`) ??
          true
        ) {
          processing.addEntityProvider(
            new BlueprintTemplateProvider({
              ...deps,
              schedule: createSchedule(),
              owner: config.getOptionalString(`${PROVIDER}.templates.owner`),
            }),
          );
        }
      },
    });
  },
});

function readSchedule(config: Config): SchedulerServiceTaskScheduleDefinition {
  const key = `${PROVIDER}.schedule`;
  return config.has(key)
    ? readSchedulerServiceTaskScheduleDefinitionFromConfig(
        config.getConfig(key),
      )
    : DEFAULT_SCHEDULE;
}
