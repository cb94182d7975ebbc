export { createRouter } from './createRouter';
export type { RouterOptions } from './createRouter';
export { RunningChanges } from './RunningChanges';
export type {
  AccessReader,
  BundleReceipt,
  ChangeOptions,
  Changes,
  RouterServices,
} from './services';
