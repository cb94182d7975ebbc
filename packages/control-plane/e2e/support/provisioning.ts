import type { ServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import ringfence, {
  createBlueprintRegistry,
  createDatabaseTools,
  Provisioner,
} from '@ringfence/backstage-plugin-ringfence-backend';
import type {
  ProvisioningEvent,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import createKnex from 'knex';
import type { Cluster } from '../../src';

const ACTOR = 'user:default/mock';

/** What every database of these tests is asked for with. */
export const orders = {
  blueprint: 'scylladb-ambient',
  kubernetesCluster: 'control-plane',
  name: 'orders',
  namespace: 'orders',
  owner: 'group:default/payments',
} as const;

/** A provisioner without a portal around it. */
export function createProvisioner(kubernetes: KubernetesCluster): Provisioner {
  const entry = { kubernetes, defaults: {} };
  return new Provisioner({
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry(),
    createTools: createDatabaseTools,
    logger: mockServices.logger.mock(),
  });
}

/** All events of a change. */
export async function provision(
  provisioner: Provisioner,
  spec: object,
  signal = new AbortController().signal,
  onEvent: (event: ProvisioningEvent) => void = () => {},
): Promise<ProvisioningEvent[]> {
  const events: ProvisioningEvent[] = [];
  const options = { signal, actor: ACTOR };
  for await (const event of provisioner.provision(spec, options)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

/** The event that ends a change. */
export function endOf(events: readonly ProvisioningEvent[]) {
  const end = events.at(-1)!;
  return end.type === 'failed' ? `failed: ${end.message}` : end.type;
}

/** The plugin alone, on the Kubernetes cluster of a test. */
export interface TestPlugin {
  /** Root of its HTTP API. */
  readonly url: string;
  /** The report on a namespace's database, with every probe run now. */
  report(namespace: string): Promise<Report>;
  /** The same as watches and the last probes know it: nobody is asked. */
  knownReport(namespace: string): Promise<Report>;
  stop(): Promise<void>;
}

/** What a plugin has besides the Kubernetes cluster of its test. */
export interface PluginOptions {
  /** Further Kubernetes clusters, by name the file of a kubeconfig. */
  readonly others?: Readonly<Record<string, string>>;
  /** A file that replicas of the portal share. @default in memory, its own */
  readonly databaseFile?: string;
  /** Instead of those of a test, such as a scheduler that repeats tasks. */
  readonly services?: readonly ServiceFactory[];
}

export async function startPlugin(
  cluster: Pick<Cluster, 'kubeconfig' | 'kubernetes'>,
  options: PluginOptions = {},
): Promise<TestPlugin> {
  const { name } = cluster.kubernetes;
  const files = { [name]: cluster.kubeconfig, ...options.others };
  const data = {
    ringfence: {
      admins: [ACTOR],
      kubernetesClusters: Object.entries(files).map(([of, file]) => ({
        name: of,
        kubeconfig: { file },
      })),
    },
  };
  // The backend would leave its own one open.
  const knex = createKnex({
    client: 'better-sqlite3',
    connection: options.databaseFile ?? ':memory:',
    useNullAsDefault: true,
  });
  const backend = await startTestBackend({
    features: [
      ringfence,
      mockServices.rootConfig.factory({ data }),
      mockServices.database.factory({ knex }),
      ...(options.services ?? []),
    ],
  });
  const url = `http://127.0.0.1:${backend.server.port()}/api/ringfence`;
  const read = async (namespace: string, query = ''): Promise<Report> => {
    const path = `databases/${name}/${namespace}/report${query}`;
    const response = await fetch(`${url}/${path}`);
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  return {
    url,
    report: namespace => read(namespace, '?refresh=true'),
    knownReport: namespace => read(namespace),
    async stop() {
      await backend.stop();
      await knex.destroy();
    },
  };
}

/** What of a report is not as it should be. */
export function troubles({ findings }: Report): string[] {
  return findings
    .filter(({ status }) => status !== 'ok')
    .map(
      ({ check, status, reason, summary }) =>
        `${check} ${status} ${reason}: ${summary}`,
    );
}
