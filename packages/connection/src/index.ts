export {
  clientCertificateSchema,
  connectionSchema,
  endpointSchema,
  nodeSchema,
} from './connection';
export type {
  ClientCertificateFiles,
  Connection,
  ConnectionNode,
  Endpoint,
} from './connection';
export { CONNECTION_STEPS } from './steps';
export type { ConnectionStep } from './steps';
