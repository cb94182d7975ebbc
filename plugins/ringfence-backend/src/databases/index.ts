export { createDatabases } from './createDatabases';
export type { Databases, StoredDatabase } from './Databases';
