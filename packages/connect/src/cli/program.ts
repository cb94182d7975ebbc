import { Command, CommanderError } from 'commander';
import { ConnectError, EXIT_CODES } from '../ConnectError';
import type { CliDeps } from './CliDeps';
import { addCheck } from './commands/check';
import { addEnv } from './commands/env';
import { addPrint } from './commands/print';
import { addRenew } from './commands/renew';
import { addRun } from './commands/run';
import { addUp } from './commands/up';
import { addWait } from './commands/wait';

const COMMANDS = [addUp, addRun, addCheck, addWait, addEnv, addPrint, addRenew];

/**
 * Runs the command line to its end.
 *
 * @param args - without interpreter and script
 * @returns the exit code, one of `EXIT_CODES`; of `run`, the command's own
 */
export async function runProgram(
  args: readonly string[],
  deps: CliDeps,
): Promise<number> {
  let exitCode: number = EXIT_CODES.Ok;
  const program = createProgram(deps);
  COMMANDS.forEach(add => add(program, deps, code => (exitCode = code)));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, deps);
  }
}

function createProgram({ version, print, printError }: CliDeps): Command {
  return new Command('ringfence-connect')
    .description('Reach a database behind a Ringfence gateway')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: text => print(text.trimEnd()),
      writeErr: text => printError(text.trimEnd()),
    });
}

function report(error: unknown, { printError }: CliDeps): number {
  if (error instanceof CommanderError) {
    // Help and version end the program, too; commander has said everything.
    return error.exitCode === 0 ? EXIT_CODES.Ok : EXIT_CODES.Usage;
  }
  if (error instanceof ConnectError) {
    printError(`Error: ${error.message}`);
    printError(`What to do: ${error.remedy}`);
    return EXIT_CODES[error.reason];
  }
  printError(error instanceof Error ? error.stack! : String(error));
  return EXIT_CODES.Unexpected;
}
