export { Authorizer } from './Authorizer';
export { createRouter } from './createRouter';
export type { RouterOptions } from './createRouter';
export { createRouterServices } from './createRouterServices';
export { RunningChanges } from './RunningChanges';
export type {
  AccessReader,
  ChangeOptions,
  Changes,
  RouterServices,
} from './services';
