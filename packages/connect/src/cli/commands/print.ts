import { readBundle } from '../../bundle';
import { ConnectError } from '../../ConnectError';
import type { AddCommand } from '../CliDeps';
import { BUNDLE_ARGUMENT } from '../options';

/** `print`: the bundle's files for one client. */
export const addPrint: AddCommand = (program, deps, end) => {
  program
    .command('print')
    .description("Print the bundle's files for a client")
    .argument(...BUNDLE_ARGUMENT)
    .argument('<client>', 'such as python, java, node, go, cqlsh')
    .action(async (source: string, client: string) => {
      const bundle = await readBundle(source);
      const texts = await bundle.textsIn(client);
      if (texts.size === 0) {
        throw new ConnectError(
          'Usage',
          `Bundle "${source}" has no files for "${client}"`,
          'See its README.md for the clients that it has files for',
        );
      }
      for (const [path, text] of texts) {
        if (texts.size > 1) deps.print(`==> ${path} <==`);
        deps.print(text.trimEnd());
      }
      end(0);
    });
};
