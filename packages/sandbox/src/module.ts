import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import {
  DATABASES_TOPIC,
  ringfenceKubernetesClustersExtensionPoint,
} from '@ringfence/backstage-plugin-ringfence-node';
import { editsHandler } from './edits';
import {
  expiringDates,
  isPrepared,
  prepareDatabases,
  PREPARED_STUB,
} from './prepared';
import { createSandbox } from './Sandbox';

const CONFIGURED_STUB =
  'the configuration asks for it (ringfence.sandbox.ring)';

/** Gives Ringfence a Kubernetes cluster in memory, with two databases in it. */
export const sandboxModule = createBackendModule({
  pluginId: 'ringfence',
  moduleId: 'sandbox',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        events: eventsServiceRef,
        httpRouter: coreServices.httpRouter,
        kubernetesClusters: ringfenceKubernetesClustersExtensionPoint,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
      },
      async init(deps) {
        const { config, events, httpRouter, kubernetesClusters } = deps;
        const { lifecycle, logger } = deps;
        const options = config.getOptionalConfig('ringfence.sandbox');
        if (options?.getOptionalBoolean('enabled') === false) return;
        const stubOnly = options?.getOptionalString('ring') === 'stub';
        const sandbox = await createSandbox({
          log: logger,
          overrideDates: expiringDates,
          ring: namespace => {
            if (isPrepared(namespace)) return { stub: PREPARED_STUB };
            return stubOnly ? { stub: CONFIGURED_STUB } : 'cassandra';
          },
        });
        kubernetesClusters.addKubernetesCluster(sandbox.kubernetes);
        if (options?.getOptionalBoolean('edits')) {
          httpRouter.use(editsHandler(sandbox));
        }
        const stopped = new AbortController();
        lifecycle.addShutdownHook(async () => {
          stopped.abort();
          await sandbox.stop();
        });
        const onReady = (namespace: string) => {
          const database = {
            kubernetesCluster: sandbox.kubernetes.name,
            namespace,
          };
          const eventPayload = { database: stringifyDatabaseRef(database) };
          return events.publish({ topic: DATABASES_TOPIC, eventPayload });
        };
        lifecycle.addStartupHook(() => {
          if (!stubOnly) sandbox.prepareRings();
          if (options?.getOptionalBoolean('prepared') === false) return;
          // In the background: the portal is there before them.
          prepareDatabases(sandbox, {
            logger,
            signal: stopped.signal,
            onReady,
          }).catch(error =>
            logger.error(
              'The databases of the demo could not be prepared',
              error,
            ),
          );
        });
      },
    });
  },
});
