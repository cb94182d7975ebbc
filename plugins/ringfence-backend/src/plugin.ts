import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { ringfencePermissions } from '@ringfence/backstage-plugin-ringfence-common';
import {
  ringfenceBlueprintsExtensionPoint,
  ringfenceKubernetesClustersExtensionPoint,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createBlueprintRegistry } from './blueprints';
import {
  ContributedBlueprints,
  ContributedKubernetesClusters,
} from './contributions';
import { History } from './history';
import { createKubernetesClusters } from './kubernetes';
import { createRouter, createRouterServices, RunningChanges } from './router';
import { createDatabaseTools } from './tools';

/** Creates fenced databases on Kubernetes, and says at any time whether their fence holds. */
export const ringfencePlugin = createBackendPlugin({
  pluginId: 'ringfence',
  register(env) {
    const blueprints = new ContributedBlueprints();
    const contributed = new ContributedKubernetesClusters();
    env.registerExtensionPoint(ringfenceBlueprintsExtensionPoint, blueprints);
    env.registerExtensionPoint(
      ringfenceKubernetesClustersExtensionPoint,
      contributed,
    );
    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        config: coreServices.rootConfig,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        userInfo: coreServices.userInfo,
      },
      async init({ config, database, events, logger, ...deps }) {
        const services = createRouterServices({
          blueprints: createBlueprintRegistry(blueprints.all),
          clusters: createKubernetesClusters({
            config,
            contributed: contributed.all,
            logger,
          }),
          createTools: createDatabaseTools,
          events,
          history: await History.create(database),
          logger,
        });
        const running = new RunningChanges();
        deps.lifecycle.addShutdownHook(() => running.stop());
        deps.permissionsRegistry.addPermissions(ringfencePermissions);
        deps.httpRouter.use(
          await createRouter({
            ...deps,
            admins: config.getOptionalStringArray('ringfence.admins') ?? [],
            running,
            services,
          }),
        );
      },
    });
  },
});
