export { requireCurrent } from './clientCertificate';
export { readBundle } from './readBundle';
export type { Bundle } from './readBundle';
export { readOwn, requireOwnFolder } from './readOwn';
export { watchFiles } from './watchFiles';
