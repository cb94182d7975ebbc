import {
  Command,
  CommanderError,
  InvalidArgumentError,
  Option,
} from 'commander';
import { ConnectError, EXIT_CODES } from '../ConnectError';
import { untilStopped, type SignalSource } from './shutdown';
import { up, type UpDeps, type UpOptions } from './up';

/** What the program needs from the process that it runs in. */
export interface ProgramDeps extends UpDeps {
  readonly print: (line: string) => void;
  readonly signals: SignalSource;
  readonly version: string;
}

/**
 * Runs the command line to its end.
 *
 * @param args - without interpreter and script
 * @returns the exit code, one of `EXIT_CODES`
 */
export async function runProgram(
  args: readonly string[],
  deps: ProgramDeps,
): Promise<number> {
  let exitCode: number = EXIT_CODES.Ok;
  const program = createProgram(deps, async (bundle, options) => {
    const { proxy, banner } = await up(bundle, options, deps);
    // Whoever reads the banner may send a signal at once: be ready for it.
    const stopped = untilStopped(proxy, deps.signals, deps.print);
    banner.forEach(deps.print);
    exitCode = await stopped;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, deps);
  }
}

function createProgram(
  deps: ProgramDeps,
  onUp: (bundle: string, options: UpOptions) => Promise<void>,
): Command {
  const program = new Command('ringfence-connect')
    .description('Reach a database behind a Ringfence gateway')
    .version(deps.version)
    .exitOverride()
    .configureOutput({
      writeOut: text => deps.print(text.trimEnd()),
      writeErr: text => deps.printError(text.trimEnd()),
    });
  program
    .command('up')
    .description(
      'Listen on this machine in plaintext and carry every connection to the gateway over verified TLS',
    )
    .argument(
      '<bundle>',
      'the downloaded zip, or the folder it was unpacked to',
    )
    .addOption(
      option('--local-port <port>', 'LOCAL_PORT', 'port to listen on; 0: any')
        .default(9042)
        .argParser(text => parsePort(text, 0)),
    )
    .addOption(
      option('--gateway-host <host>', 'GATEWAY_HOST', 'host to dial instead'),
    )
    .addOption(
      option(
        '--gateway-port <port>',
        'GATEWAY_PORT',
        'port to dial instead',
      ).argParser(text => parsePort(text, 1)),
    )
    .addOption(
      option('--ca-file <file>', 'CA_FILE', 'CA to trust instead, in PEM'),
    )
    .action(onUp);
  return program;
}

/** An option that an environment variable may give, too; an empty one says nothing. */
function option(flags: string, variable: string, description: string): Option {
  const result = new Option(flags, `${description} (or ${variable})`);
  return process.env[variable] ? result.env(variable) : result;
}

function parsePort(text: string, lowest: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= lowest && port <= 65535) return port;
  throw new InvalidArgumentError(
    `Expected a port from ${lowest} to 65535, got "${text}".`,
  );
}

function report(error: unknown, deps: ProgramDeps): number {
  if (error instanceof CommanderError) {
    // Help and version end the program, too; commander has said everything.
    return error.exitCode === 0 ? EXIT_CODES.Ok : EXIT_CODES.Usage;
  }
  if (error instanceof ConnectError) {
    deps.printError(`Error: ${error.message}`);
    deps.printError(`What to do: ${error.remedy}`);
    return EXIT_CODES[error.reason];
  }
  deps.printError(error instanceof Error ? error.stack! : String(error));
  return EXIT_CODES.Unexpected;
}
