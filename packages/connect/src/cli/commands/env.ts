import { readBundle } from '../../bundle';
import { defaultLocalPort } from '../../config';
import type { AddCommand } from '../CliDeps';
import { environmentOf } from '../environmentOf';
import { BUNDLE_ARGUMENT, numberOption, PORTS } from '../options';

/** `env`: where programs find the proxy that `up` starts, for `eval`. */
export const addEnv: AddCommand = (program, deps, end) => {
  program
    .command('env')
    .description('Print the environment that lets programs find a running "up"')
    .argument(...BUNDLE_ARGUMENT)
    .addOption(
      numberOption(
        '--local-port <port>',
        'LOCAL_PORT',
        'port that "up" listens on; default: 9042, of Ignite 10800',
        PORTS,
      ),
    )
    .action(async (source: string, settings: { localPort?: number }) => {
      const { connection } = await readBundle(source);
      const { localPort: port = defaultLocalPort(connection) } = settings;
      const proxy = { host: '127.0.0.1', port };
      for (const [name, value] of Object.entries(
        environmentOf(proxy, connection),
      )) {
        deps.print(`export ${name}=${shellWord(value)}`);
      }
      end(0);
    });
};

/** Safe in a POSIX shell, whatever it holds. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_.:/-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}
