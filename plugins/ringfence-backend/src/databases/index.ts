export { createDatabases, createLogOnce } from './createDatabases';
export type { LiveDatabases } from './createDatabases';
export type { Databases, StoredDatabase } from './Databases';
