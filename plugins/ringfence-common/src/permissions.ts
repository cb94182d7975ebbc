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

/** Have the application role's password revealed. */
export const credentialsReadPermission = createPermission({
  name: 'ringfence.credentials.read',
  attributes: { action: 'read' },
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
  credentialsReadPermission,
  bundleDownloadPermission,
];
