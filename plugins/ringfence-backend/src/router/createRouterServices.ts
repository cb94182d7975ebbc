import type {
  AuthService,
  DiscoveryService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
  type ManifestDrift,
} from '@ringfence/backstage-plugin-ringfence-common';
import { DATABASES_TOPIC } from '@ringfence/backstage-plugin-ringfence-node';
import type { EventsService } from '@backstage/plugin-events-node';
import { makeBundle, readAccess, readCredentials } from '../access';
import type { BlueprintRegistry } from '../blueprints';
import { ClientCertificates } from '../clientCertificates';
import { TeamCredentials } from '../credentials';
import { createDatabases } from '../databases';
import type { StoredDatabase } from '../databases/Databases';
import {
  diagnose,
  NamespaceOwners,
  readClient,
  testConnection,
} from '../diagnosing';
import type { History } from '../history';
import type { KubernetesClusters } from '../kubernetes/KubernetesClusters';
import {
  createObserving,
  type Observing,
  type ObservingDeps,
  type Reports,
} from '../observing';
import { FreshCache } from '../observing/FreshCache';
import { readDrift } from '../drift';
import { Platforms } from '../platform';
import { Provisioner, type CreateTools } from '../provisioning';
import type { RouterServices } from './services';

/** What {@link createRouterServices} puts together. */
export interface RouterServicesDeps {
  readonly auth: Pick<AuthService, 'getOwnServiceCredentials'>;
  readonly blueprints: BlueprintRegistry;
  readonly catalog: Pick<CatalogService, 'getEntities'>;
  readonly clusters: KubernetesClusters;
  readonly createTools: CreateTools;
  readonly events: Pick<EventsService, 'publish'>;
  readonly discovery: Pick<DiscoveryService, 'getExternalBaseUrl'>;
  readonly history: ObservingDeps['history'] &
    Pick<History, 'recordBundle' | 'listTraffic'>;
  readonly logger: LoggerService;
  readonly scheduler: Pick<SchedulerService, 'scheduleTask'>;
  readonly prometheus?: ObservingDeps['prometheus'];
  /** Called with each group of probes that has run here. */
  readonly onRan?: ObservingDeps['onRan'];
}

const CERTIFICATES = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' };

/** How far back the chart of traffic goes. */
const TRAFFIC_MS = 24 * 60 * 60_000;
/** A comparison costs the API server dozens of dry runs, and whoever may read may ask for it. */
const DRIFT_MS = 30_000;

/** The services behind the router, on real Kubernetes clusters. */
export function createRouterServices(
  deps: RouterServicesDeps,
): RouterServices & {
  readonly reports: Reports;
  readonly credentials: TeamCredentials;
  readonly clientCertificates: ClientCertificates;
  /** To be started, and stopped with the portal. */
  readonly observing: Pick<Observing, 'start' | 'stop'>;
} {
  const { blueprints, clusters, createTools, history, logger } = deps;
  const platforms = new Platforms({ clusters, blueprints });
  const observing = createObserving({
    clusters,
    databases: createDatabases({ clusters, blueprints, logger }),
    createTools,
    platforms,
    history,
    scheduler: deps.scheduler,
    prometheus: deps.prometheus,
    onRan: deps.onRan,
    logger,
  });
  const drift = new FreshCache<ManifestDrift[]>({
    maxAgeMs: DRIFT_MS,
    clock: () => new Date(),
  });
  const namespaceOwners = new NamespaceOwners(deps);
  const kubernetesOf = ({ ref }: StoredDatabase) =>
    clusters.get(ref.kubernetesCluster).kubernetes;
  return {
    blueprints,
    platforms,
    databases: observing.databases,
    observing,
    provisioner: new Provisioner({ clusters, blueprints, createTools, logger }),
    reports: observing.reports,
    drift: database =>
      drift.get(stringifyDatabaseRef(database.ref), async () => {
        const entry = clusters.get(database.ref.kubernetesCluster);
        const platform = await platforms.read(entry);
        return readDrift(entry.kubernetes, database, platform);
      }),
    traffic: ref => history.listTraffic(ref, new Date(Date.now() - TRAFFIC_MS)),
    access: {
      read: database =>
        readAccess(database, kubernetesOf(database), async () => {
          const { ring } = await observing.reports.facts(database);
          return ring.known ? ring.value : [];
        }),
      bundle: makeBundle,
      credentials: database =>
        readCredentials(database, kubernetesOf(database)),
    },
    credentials: new TeamCredentials({ clusters, blueprints, createTools }),
    clientCertificates: new ClientCertificates({
      ...{ clusters, blueprints, createTools },
      seen: ({ kubernetesCluster, namespace }) =>
        observing.databases
          .objectsOf(clusters.get(kubernetesCluster).kubernetes)
          .list({ ...CERTIFICATES, namespace }),
    }),
    externalUrl: () => deps.discovery.getExternalBaseUrl('ringfence'),
    testConnection: (database, signal) => {
      const kubernetes = kubernetesOf(database);
      const { blueprint, spec, ref } = database;
      const tools = createTools(kubernetes, ref, blueprint.access(spec));
      return testConnection(database, tools, signal);
    },
    async diagnose(database, from, options) {
      const facts = await observing.reports.facts(database);
      const kubernetes = kubernetesOf(database);
      const client = await readClient(kubernetes, facts, from, options);
      return diagnose(facts, client, new Date());
    },
    namespaceOwners: ref => namespaceOwners.of(ref),
    history,
    announce(ref) {
      observing.databases.unsettle(ref);
      drift.drop(stringifyDatabaseRef(ref));
      return deps.events
        .publish({
          topic: DATABASES_TOPIC,
          eventPayload: { database: stringifyDatabaseRef(ref) },
        })
        .catch(warn(logger, 'The catalog was not told of a change', ref));
    },
  };
}

/** For what is of help and must not fail what it helps with. */
function warn(logger: LoggerService, what: string, ref: DatabaseRef) {
  return (error: Error) =>
    logger.warn(`${what} ("${stringifyDatabaseRef(ref)}"): ${error.message}`);
}
