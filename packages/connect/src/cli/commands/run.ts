import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { ConnectError } from '../../ConnectError';
import type { AddCommand, CliDeps } from '../CliDeps';
import { environmentOf } from '../environmentOf';
import { openProxy, type ProxySettings } from '../openProxy';
import {
  BUNDLE_ARGUMENT,
  withGatewayOptions,
  withProxyOptions,
} from '../options';

/** `run`: a proxy for the life of one command. */
export const addRun: AddCommand = (program, deps, end) => {
  const command = program
    .command('run')
    .description(
      'Run a command that finds a proxy in its environment, and end the proxy with it',
    )
    .argument(...BUNDLE_ARGUMENT)
    .argument('<command...>', 'the command and its arguments, after "--"');
  withProxyOptions(withGatewayOptions(command)).action(
    async (source: string, words: string[], settings: ProxySettings) => {
      const opened = await openProxy(
        source,
        { ...settings, localPort: 0 },
        deps,
      );
      try {
        const address = environmentOf(opened.proxy, opened.bundle.connection);
        end(await runCommand(words, { ...deps.environment, ...address }, deps));
      } finally {
        opened.release();
        opened.proxy.destroy();
      }
    },
  );
};

/** @returns its exit code, or 128 and the number of the signal that ended it */
async function runCommand(
  [command, ...args]: string[],
  environment: NodeJS.ProcessEnv,
  { signals }: Pick<CliDeps, 'signals'>,
): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: environment });
  // Ctrl-C reaches the command, too: it decides, and this waits for it.
  const onInterrupt = () => {};
  const onTerminate = () => void child.kill('SIGTERM');
  signals.on('SIGINT', onInterrupt);
  signals.on('SIGTERM', onTerminate);
  try {
    const [code, signal] = (await once(child, 'exit')) as [
      number | null,
      NodeJS.Signals | null,
    ];
    return code ?? 128 + constants.signals[signal!];
  } catch (error) {
    throw new ConnectError(
      'CommandNotFound',
      `Command "${command}" cannot be started (${
        (error as NodeJS.ErrnoException).code
      })`,
      'Check its name and that it is installed',
      error,
    );
  } finally {
    signals.removeListener('SIGINT', onInterrupt);
    signals.removeListener('SIGTERM', onTerminate);
  }
}
