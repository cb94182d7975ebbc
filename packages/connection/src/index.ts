export { connectionSchema, endpointSchema } from './connection';
export type { Connection, Endpoint } from './connection';
