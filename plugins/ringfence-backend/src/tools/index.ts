export { createDatabaseTools } from './createDatabaseTools';
