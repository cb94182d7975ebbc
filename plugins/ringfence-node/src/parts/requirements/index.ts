export { note } from './answers';
export * from './apis';
export * from './gatewayClass';
export * from './hostname';
export * from './issuer';
export * from './mesh';
export * from './monitoring';
export * from './nodes';
export * from './storage';
