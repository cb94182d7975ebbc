export { checkConnection } from './checkConnection';
export type { CheckOptions } from './checkConnection';
export type { Login } from './checkLogin';
export type { StepResult } from './steps';
