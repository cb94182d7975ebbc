export { registerActions } from './registerActions';
export type { ActionsDeps } from './registerActions';
