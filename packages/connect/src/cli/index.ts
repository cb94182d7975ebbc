export { runProgram } from './program';
export type { ProgramDeps } from './program';
