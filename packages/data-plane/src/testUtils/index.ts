import { cassandraHere } from '../__testUtils__/cassandraHere';

/**
 * A jest test that needs a real Cassandra. Where there is none it fails in CI;
 * elsewhere it is reported as skipped, with the reason in its name.
 */
export function itOnCassandra(
  name: string,
  test: () => Promise<void>,
  timeoutMs?: number,
): void {
  const cassandra = cassandraHere();
  if (cassandra.available) {
    it(name, test, timeoutMs);
  } else if (process.env.CI) {
    it(name, () => {
      throw new Error(cassandra.why);
    });
  } else {
    it.skip(`${name} (${cassandra.why})`, test);
  }
}
