import { createPermissionResourceRef } from '@backstage/plugin-permission-node';
import {
  RESOURCE_TYPE_DATABASE,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';

/** What rules look at of a database. */
export interface DatabaseResource {
  readonly ref: DatabaseRef;
  readonly spec: { readonly owner: string; readonly blueprint: string };
}

/** Databases are held in memory: what is asked of one is what is asked of all. */
export type DatabaseQuery = (database: DatabaseResource) => boolean;

/** A database as a resource of permissions; its ref is `<kubernetesCluster>/<namespace>`. */
export const databaseResourceRef = createPermissionResourceRef<
  DatabaseResource,
  DatabaseQuery
>().with({ pluginId: 'ringfence', resourceType: RESOURCE_TYPE_DATABASE });
