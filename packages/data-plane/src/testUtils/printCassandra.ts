import { findCassandra } from '../cassandra/findCassandra';
import { silentLog } from '../log';

/** Prints what {@link findCassandra} answers, as JSON. */
async function main(): Promise<void> {
  const found = await findCassandra({ log: silentLog });
  process.stdout.write(JSON.stringify(found));
}

void main();
