export {
  makeBundle,
  type BundleOptions,
  type ClientCertificate,
} from './bundle';
export { readAccess } from './readAccess';
export type { ReadRing } from './readConnection';
export { readCredentials } from './readCredentials';
