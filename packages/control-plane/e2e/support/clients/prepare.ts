import { fetchDrivers } from './drivers';

/** Fetches the drivers while there is a network: the tests run without one. */
fetchDrivers(line => process.stdout.write(`${line}\n`)).catch(error => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
