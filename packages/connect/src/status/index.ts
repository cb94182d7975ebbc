export { startStatusServer } from './startStatusServer';
export type { StatusServer } from './startStatusServer';
