import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  catalog?: {
    providers?: {
      /** Databases of the Ringfence backend. */
      ringfence?: {
        /**
         * When to list them all. A change through the portal shows at once
         * besides.
         *
         * @default every 15 seconds, given up after a minute
         */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;
      };
    };
  };
}
