export { createDatabases, createLogOnce } from './createDatabases';
export type { LiveDatabases } from './createDatabases';
export type {
  Databases,
  ListOptions,
  StoredDatabase,
  UnreadableDatabase,
} from './Databases';
export { toUnreadable } from './unreadable';
