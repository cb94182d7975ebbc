export { readBundle } from './readBundle';
export type { Bundle } from './readBundle';
export { watchFiles } from './watchFiles';
