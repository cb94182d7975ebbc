import type { SchedulerServiceTaskScheduleDefinitionConfig } from '@backstage/backend-plugin-api';

export interface Config {
  catalog?: {
    providers?: {
      /** Databases and blueprints of the Ringfence backend. */
      ringfence?: {
        /**
         * When to list them all. A change through the portal shows at once
         * besides.
         *
         * @default every 15 seconds, given up after a minute
         */
        schedule?: SchedulerServiceTaskScheduleDefinitionConfig;

        /** Templates for blueprints that nobody wrote one for. */
        templates?: {
          /**
           * Whether to generate them.
           *
           * @default true
           */
          enabled?: boolean;
          /** Entity ref of who owns them: `group:default/platform`. */
          owner?: string;
        };
      };
    };
  };
}
