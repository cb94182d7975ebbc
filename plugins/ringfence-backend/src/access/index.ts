export { makeBundle } from './bundle';
export { readAccess } from './readAccess';
export { readCredentials } from './readCredentials';
