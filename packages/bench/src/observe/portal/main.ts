// The portal under test, in a process of its own: the real backend with the
// Ringfence plugin and, beside it, Backstage's own Kubernetes plugin.
import { createBackend } from '@backstage/backend-defaults';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  signalsServiceRef,
  type SignalPayload,
} from '@backstage/plugin-signals-node';
import {
  reportSignalId,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { KUBERNETES_CLUSTER, DATABASE } from '../template';
import { countApiRequests, timeAnswers } from './counting';
import type { Answers, Ask, Memory, PortalArguments, Told } from './messages';

const tell = (told: Told) => process.send!(told);

function configOf({ port, directory, connection }: PortalArguments) {
  return {
    backend: {
      baseUrl: `http://127.0.0.1:${port}`,
      listen: { host: '127.0.0.1', port },
      database: { client: 'better-sqlite3', connection: { directory } },
    },
    // Nobody is there who could take them.
    ringfence: { notifications: { enabled: false } },
    // Both plugins read their Kubernetes clusters from here.
    kubernetes: {
      serviceLocatorMethod: { type: 'multiTenant' },
      clusterLocatorMethods: [
        {
          type: 'config',
          clusters: [
            {
              name: KUBERNETES_CLUSTER,
              url: connection.url,
              caData: connection.caData,
              authProvider: 'serviceAccount',
              serviceAccountToken: connection.token,
            },
          ],
        },
      ],
    },
  };
}

/** What a portal would have for Backstage's own plugin to find the pods by. */
function entityOf(namespace: string) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: namespace,
      annotations: {
        'backstage.io/kubernetes-namespace': namespace,
        'backstage.io/kubernetes-label-selector': `app.kubernetes.io/instance=${DATABASE}`,
      },
    },
    spec: { type: 'database', owner: 'group:default/payments' },
  };
}

/** In place of a browser with every card open. */
function signals({ namespaces }: PortalArguments) {
  const databases = new Map(
    namespaces.map(namespace => {
      const ref = { kubernetesCluster: KUBERNETES_CLUSTER, namespace };
      const database = stringifyDatabaseRef(ref);
      return [reportSignalId(database), database];
    }),
  );
  return createServiceFactory({
    service: signalsServiceRef,
    deps: {},
    factory: () => ({
      async publish({ message }: SignalPayload) {
        const { id } = (message ?? {}) as { id?: string };
        const database = id && databases.get(id);
        if (database) tell({ tell: 'changed', database, at: Date.now() });
      },
    }),
  });
}

function memory(): Memory {
  const { rss: foundBytes } = process.memoryUsage();
  // What V8 has in reserve after much work, it gives back when it is asked for it.
  // The second one takes what finalizers of the first have let go of.
  collect();
  collect();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return {
    foundBytes,
    residentBytes: rss,
    heapBytes: heapUsed + external,
    reservedBytes: heapTotal,
  };
}

function collect(): void {
  globalThis.gc!({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

async function main(args: PortalArguments): Promise<void> {
  const answered = timeAnswers();
  const apiRequests = countApiRequests(args.connection.url);
  const ask: { [Q in keyof Answers]: () => Answers[Q] } = {
    answered,
    apiRequests,
    memory,
  };
  process.on('message', (message: Ask) => {
    tell({ tell: 'answer', ask: message.ask, answer: ask[message.ask]() });
  });
  process.on('disconnect', () => process.exit());
  const backend = createBackend();
  backend.add(mockServices.rootConfig.factory({ data: configOf(args) }));
  // Who asks is not what is measured.
  backend.add(mockServices.httpAuth.factory());
  backend.add(mockServices.userInfo.factory());
  backend.add(
    catalogServiceMock.factory({ entities: args.namespaces.map(entityOf) }),
  );
  backend.add(signals(args));
  backend.add(import('@ringfence/backstage-plugin-ringfence-backend'));
  backend.add(import('@backstage/plugin-kubernetes-backend'));
  const startedAt = Date.now();
  await backend.start();
  tell({ tell: 'ready', startedAt });
}

main(JSON.parse(process.argv[2])).catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
