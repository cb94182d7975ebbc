import type { SignalSource } from './shutdown';

/** What the program needs from the process that it runs in. */
export interface CliDeps {
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
  readonly signals: SignalSource;
  readonly version: string;
}

/** Adds one command to the program; the promise gives the exit code. */
export type AddCommand = (
  program: import('commander').Command,
  deps: CliDeps,
  end: (exitCode: number) => void,
) => void;
