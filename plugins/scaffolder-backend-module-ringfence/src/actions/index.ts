export { createDecommissionAction } from './decommission';
export { createProvisionAction } from './provision';
export { createRenderAction } from './render';
