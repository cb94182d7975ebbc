import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { DATABASES_TOPIC } from '@ringfence/backstage-plugin-ringfence-node';
import type { EventsService } from '@backstage/plugin-events-node';
import { makeBundle, readAccess, readCredentials } from '../access';
import type { BlueprintRegistry } from '../blueprints';
import { createDatabases } from '../databases';
import type { StoredDatabase } from '../databases/Databases';
import type { History } from '../history';
import type { KubernetesClusters } from '../kubernetes/KubernetesClusters';
import { createReports, Observer, type Reports } from '../observing';
import { readDrift } from '../drift';
import { Platforms } from '../platform';
import { Provisioner, type CreateTools } from '../provisioning';
import type { RouterServices } from './services';

/** What {@link createRouterServices} puts together. */
export interface RouterServicesDeps {
  readonly blueprints: BlueprintRegistry;
  readonly clusters: KubernetesClusters;
  readonly createTools: CreateTools;
  readonly events: Pick<EventsService, 'publish'>;
  readonly history: Pick<
    History,
    'recordBundle' | 'recordFindings' | 'listBundles'
  >;
  readonly logger: LoggerService;
}

/** The services behind the router, on real Kubernetes clusters. */
export function createRouterServices(
  deps: RouterServicesDeps,
): RouterServices & { readonly reports: Reports } {
  const { blueprints, clusters, createTools, history, logger } = deps;
  const platforms = new Platforms({ clusters, blueprints });
  const observer = new Observer({
    clusters,
    createTools,
    platforms,
    history,
    readDrift,
  });
  const kubernetesOf = ({ ref }: StoredDatabase) =>
    clusters.get(ref.kubernetesCluster).kubernetes;
  return {
    blueprints,
    platforms,
    databases: createDatabases({ clusters, blueprints, logger }),
    provisioner: new Provisioner({ clusters, blueprints, createTools, logger }),
    reports: createReports({ observer, history, logger }),
    async drift(database) {
      const entry = clusters.get(database.ref.kubernetesCluster);
      const platform = await platforms.read(entry);
      return readDrift(entry.kubernetes, database, platform);
    },
    traffic: async () => [],
    access: {
      read: database => readAccess(database, kubernetesOf(database)),
      bundle: makeBundle,
      credentials: database =>
        readCredentials(database, kubernetesOf(database)),
    },
    history,
    announce: ref =>
      deps.events
        .publish({
          topic: DATABASES_TOPIC,
          eventPayload: { database: stringifyDatabaseRef(ref) },
        })
        .catch(warn(logger, 'The catalog was not told of a change', ref)),
  };
}

/** For what is of help and must not fail what it helps with. */
function warn(logger: LoggerService, what: string, ref: DatabaseRef) {
  return (error: Error) =>
    logger.warn(`${what} ("${stringifyDatabaseRef(ref)}"): ${error.message}`);
}
