export { runProgram } from './program';
export type { CliDeps } from './CliDeps';
export type { SignalSource } from './shutdown';
