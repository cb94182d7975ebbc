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
