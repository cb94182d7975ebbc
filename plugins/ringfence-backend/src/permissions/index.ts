export { findDatabases } from './findDatabases';
export { databaseResourceRef, type DatabaseResource } from './resource';
export { createDatabaseConditions, databaseRules } from './rules';
export {
  createDatabaseConditionalDecision,
  databaseConditions,
} from './conditions';
