import { findCassandra, findEnvoy, silentLog } from '@ringfence/data-plane';
import { fetchDrivers } from '../e2e/support/clients/drivers';
import { buildBinaries, goModuleDir } from './build';
import { CRD_MODULES } from './crds';
import { KWOK } from './nodes';

/** Builds and fetches all that a control plane needs, so that it starts without a network; `--clients`: the drivers, too. */
async function prepare(args: readonly string[]): Promise<void> {
  const log = (line: string) => process.stdout.write(`${line}\n`);
  await buildBinaries(log);
  for (const module of CRD_MODULES) await goModuleDir('crds', module);
  await goModuleDir('kwok', KWOK);
  await findEnvoy();
  const cassandra = await findCassandra({ log: silentLog });
  if (!cassandra.available) throw new Error(cassandra.why);
  if (args.includes('--clients')) await fetchDrivers(log);
}

prepare(process.argv.slice(2)).catch(error => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
