export type { IGateway } from './generated/Gateway';
export type { IHTTPRoute } from './generated/HTTPRoute';
export type { ITCPRoute } from './generated/TCPRoute';
export type { ITLSRoute } from './generated/TLSRoute';
