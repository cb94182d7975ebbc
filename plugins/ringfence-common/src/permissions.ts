import { createPermission } from '@backstage/plugin-permission-common';

/** Databases, as rules of policies know them; a ref is `<kubernetesCluster>/<namespace>`. */
export const RESOURCE_TYPE_DATABASE = 'ringfence-database';

/** See a database: its state, report and access. */
export const databaseReadPermission = createPermission({
  name: 'ringfence.database.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_DATABASE,
});

/** Create a database, or change one. */
export const databaseCreatePermission = createPermission({
  name: 'ringfence.database.create',
  attributes: { action: 'create' },
});

/** Decommission a database. */
export const databaseDeletePermission = createPermission({
  name: 'ringfence.database.delete',
  attributes: { action: 'delete' },
  resourceType: RESOURCE_TYPE_DATABASE,
});

/** Renew a certificate, repair drift, run the probes again, test the connection. */
export const databaseOperatePermission = createPermission({
  name: 'ringfence.database.operate',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_DATABASE,
});

/** Have the application role's password revealed. */
export const credentialsReadPermission = createPermission({
  name: 'ringfence.credentials.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_DATABASE,
});

/** Issue database roles to teams, rotate and revoke them. */
export const credentialsIssuePermission = createPermission({
  name: 'ringfence.credentials.issue',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_DATABASE,
});

/** Download a connection bundle. */
export const bundleDownloadPermission = createPermission({
  name: 'ringfence.bundle.download',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_DATABASE,
});

/** Permissions on a database that is there: a policy may decide them by conditions. */
export const databasePermissions = [
  databaseReadPermission,
  databaseDeletePermission,
  databaseOperatePermission,
  credentialsReadPermission,
  credentialsIssuePermission,
  bundleDownloadPermission,
];

/** All permissions of Ringfence. */
export const ringfencePermissions = [
  databaseCreatePermission,
  ...databasePermissions,
];
