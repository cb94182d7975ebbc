import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  parseEntityRef,
  type ResourceEntity,
} from '@backstage/catalog-model';
import {
  BLUEPRINT_ANNOTATION,
  DATABASE_ANNOTATION,
  databaseEntityRef,
  stringifyDatabaseRef,
  type DatabaseSummary,
} from '@ringfence/backstage-plugin-ringfence-common';

/** The catalog's entity of a database. */
export function toEntity(database: DatabaseSummary): ResourceEntity {
  const address = stringifyDatabaseRef(database);
  const location = `ringfence:${address}`;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Resource',
    metadata: {
      name: parseEntityRef(databaseEntityRef(database)).name,
      title: database.name,
      description: descriptionOf(database),
      annotations: {
        [ANNOTATION_LOCATION]: location,
        [ANNOTATION_ORIGIN_LOCATION]: location,
        [DATABASE_ANNOTATION]: address,
        [BLUEPRINT_ANNOTATION]: database.blueprint,
        'backstage.io/kubernetes-cluster': database.kubernetesCluster,
        'backstage.io/kubernetes-namespace': database.namespace,
        'backstage.io/kubernetes-label-selector': `app.kubernetes.io/instance=${database.name}`,
      },
      tags: ['database', 'ringfence'],
    },
    spec: { type: database.blueprint, owner: database.owner },
  };
}

function descriptionOf(database: DatabaseSummary): string {
  const { blueprintTitle, namespace, kubernetesCluster } = database;
  return `${blueprintTitle} in namespace "${namespace}" of Kubernetes cluster "${kubernetesCluster}"`;
}
