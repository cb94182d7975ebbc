import { chooseClients } from './clients';
import { fetchDrivers } from './drivers';
import { fetchRust } from './rust';

const log = (line: string) => process.stdout.write(`${line}\n`);

async function prepare() {
  await fetchDrivers(log);
  const clients = chooseClients(process.env.E2E_CLIENTS);
  if (clients.some(({ isRust }) => isRust)) await fetchRust(log);
}

/** Fetches the drivers while there is a network: the tests run without one. */
prepare().catch(error => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
