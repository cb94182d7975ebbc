export { checkConnection } from './checkConnection';
export type { CheckOptions } from './checkConnection';
export type { Login } from './checkLogin';
export { STEPS } from './steps';
export type { Step, StepResult } from './steps';
