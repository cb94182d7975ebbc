import {
  findCassandra,
  findEnvoy,
  findIgnite,
  silentLog,
} from '@ringfence/data-plane';
import { buildBinaries, goModuleDir } from './build';
import { CRD_MODULES } from './crds';
import { KWOK } from './nodes';

/** Builds and fetches all that a control plane needs, so that it starts without a network. */
async function prepare(): Promise<void> {
  const log = (line: string) => process.stdout.write(`${line}\n`);
  await buildBinaries(log);
  for (const module of CRD_MODULES) await goModuleDir('crds', module);
  await goModuleDir('kwok', KWOK);
  await findEnvoy();
  const cassandra = await findCassandra({ log: silentLog });
  if (!cassandra.available) throw new Error(cassandra.why);
  const ignite = await findIgnite({ log: silentLog });
  if (!ignite.available) throw new Error(ignite.why);
}

prepare().catch(error => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
