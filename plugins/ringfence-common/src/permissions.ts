import { createPermission } from '@backstage/plugin-permission-common';

/** See a database: its state, report and access. */
export const databaseReadPermission = createPermission({
  name: 'ringfence.database.read',
  attributes: { action: 'read' },
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
});

/** Renew a certificate, repair drift, run the probes again, test the connection. */
export const databaseOperatePermission = createPermission({
  name: 'ringfence.database.operate',
  attributes: { action: 'update' },
});

/** Have the application role's password revealed. */
export const credentialsReadPermission = createPermission({
  name: 'ringfence.credentials.read',
  attributes: { action: 'read' },
});

/** Issue database roles to teams, rotate and revoke them. */
export const credentialsIssuePermission = createPermission({
  name: 'ringfence.credentials.issue',
  attributes: { action: 'create' },
});

/** Download a connection bundle. */
export const bundleDownloadPermission = createPermission({
  name: 'ringfence.bundle.download',
  attributes: { action: 'read' },
});

/** All permissions of Ringfence. */
export const ringfencePermissions = [
  databaseReadPermission,
  databaseCreatePermission,
  databaseDeletePermission,
  databaseOperatePermission,
  credentialsReadPermission,
  credentialsIssuePermission,
  bundleDownloadPermission,
];
