export { requireCurrent } from './clientCertificate';
export { readBundle } from './readBundle';
export type { Bundle } from './readBundle';
export { readOwn, requireOwnFolder } from './readOwn';
export { repack } from './repack';
export { watchFiles } from './watchFiles';
export { unpack } from './zip';
