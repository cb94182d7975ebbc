import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { benchConnect } from './connect';
import { benchObserve } from './observe';
import { ROOT } from './paths';
import { held, toTable, type Figure } from './figures';

/** Measures something, saying on the way what it does. */
export type Suite = (
  log: (line: string) => void,
  args: readonly string[],
) => Promise<Figure[]>;

const SUITES: Readonly<Record<string, Suite>> = {
  connect: benchConnect,
  observe: benchObserve,
};
const RESULTS = join(ROOT, 'bench');

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const suite = SUITES[name];
  if (!suite) {
    const names = Object.keys(SUITES).join(', ');
    throw new Error(`Name what to measure: npm run bench -- <${names}>`);
  }
  const loadBefore = loadavg()[0];
  const figures = await suite(
    line => process.stdout.write(`… ${line}\n`),
    args,
  );
  await mkdir(RESULTS, { recursive: true });
  const result = {
    suite: name,
    at: new Date().toISOString(),
    // Not as a list: of lists JSON and the formatter of this repository differ.
    arguments: args.join(' '),
    machine: `${cpus().length} x ${cpus()[0].model}, Node ${process.version}`,
    // Before it, what others did with the machine; after it, the measurement as well.
    load: { before: loadBefore, after: loadavg()[0] },
    figures: figures.map(figure => ({ ...figure, held: held(figure) })),
  };
  const file = join(RESULTS, `${name}.json`);
  await writeFile(file, `${JSON.stringify(result, undefined, 2)}\n`);
  // As the repository has its files.
  await promisify(execFile)('prettier', ['--write', file], { cwd: ROOT });
  process.stdout.write(`\n${toTable(figures)}\n\n`);
  const missed = figures.filter(figure => held(figure) === false);
  process.stdout.write(`${figures.length} figures, ${missed.length} missed\n`);
  return missed.length > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  error => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
