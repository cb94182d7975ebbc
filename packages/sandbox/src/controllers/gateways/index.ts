export { GATEWAY_API, ROUTE_KINDS } from './attachment';
export { startGateways } from './gateways';
export type { GatewaysContext } from './gateways';
export { startLoadBalancers } from './loadBalancers';
export { startRoutes } from './routes';
export { workloadOf } from './upstreams';
export type { Admission } from './upstreams';
