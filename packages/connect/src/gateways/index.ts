export { Gateways } from './Gateways';
export type { GatewaysOptions } from './Gateways';
export { openGateways } from './openGateways';
export type { OpenedGateways } from './openGateways';
