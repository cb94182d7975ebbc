import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  actionsRegistryServiceRef,
  metricsServiceRef,
} from '@backstage/backend-plugin-api/alpha';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import {
  databaseCreatePermission,
  databasePermissions,
} from '@ringfence/backstage-plugin-ringfence-common';
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
import { scheduleSweep as sweepClientCertificates } from './clientCertificates';
import { scheduleSweep } from './credentials';
import { createKubernetesClusters } from './kubernetes';
import { registerActions } from './mcp';
import { createProbeMetrics, publishMetrics } from './metrics';
import { prometheusOptions } from './observing';
import { tellOfReports } from './notifying';
import {
  databaseResourceRef,
  databaseRules,
  findDatabases,
} from './permissions';
import {
  Authorizer,
  createRouter,
  createRouterServices,
  RunningChanges,
} from './router';
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
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        metrics: metricsServiceRef,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
        userInfo: coreServices.userInfo,
      },
      async init({ config, database, events, logger, ...deps }) {
        const probes = createProbeMetrics(deps.metrics);
        const services = createRouterServices({
          auth: deps.auth,
          blueprints: createBlueprintRegistry(blueprints.all),
          catalog: deps.catalog,
          clusters: createKubernetesClusters({
            config,
            contributed: contributed.all,
            logger,
          }),
          createTools: createDatabaseTools,
          discovery: deps.discovery,
          events,
          history: await History.create(database),
          logger,
          scheduler: deps.scheduler,
          prometheus: prometheusOptions(config),
          onRan: ran => probes.probeRan(ran),
        });
        const { observing } = services;
        deps.lifecycle.addStartupHook(() => {
          // Not waited for: a Kubernetes cluster that is away must hold nothing up.
          observing
            .start()
            .catch(error => logger.error(`Nothing is observed: ${error}`));
        });
        deps.lifecycle.addShutdownHook(() => observing.stop());
        const running = new RunningChanges();
        deps.lifecycle.addShutdownHook(() => running.stop());
        deps.permissionsRegistry.addPermissions([databaseCreatePermission]);
        deps.permissionsRegistry.addResourceType({
          resourceRef: databaseResourceRef,
          permissions: databasePermissions,
          rules: Object.values(databaseRules),
          getResources: refs => findDatabases(services.databases, refs),
        });
        const { reports } = services;
        await tellOfReports({ ...deps, config, database, logger, reports });
        publishMetrics(deps.metrics, reports);
        await scheduleSweep({ ...deps, ...services, logger });
        await sweepClientCertificates({ ...deps, ...services, logger });
        const admins = config.getOptionalStringArray('ringfence.admins') ?? [];
        const authorizer = new Authorizer({ ...deps, admins });
        registerActions({
          registry: deps.actionsRegistry,
          services,
          requireRead: credentials => authorizer.requireMayRead(credentials),
        });
        deps.httpRouter.use(
          await createRouter({
            ...deps,
            admins,
            running,
            services,
          }),
        );
      },
    });
  },
});
