import type { RotationStep } from '@ringfence/backstage-plugin-ringfence-common';
import { until } from '../../../src';
import { StoredLoad } from './StoredLoad';
import type { Identity, StoredRing } from './StoredRing';

const LOAD_CLIENTS = 4;
const QUERIES_WITHIN_MS = 300_000;

/** How a rotation is driven. */
export interface RotationUnderLoad {
  readonly ring: StoredRing;
  /** What clients have at first. */
  readonly client: Required<Identity>;
  /** In what is printed on the way. */
  readonly part: string;
  /** How many queries there are at least. */
  readonly queries: number;
  /** Takes a step to its end. @throws where it does not come to it */
  take(step: RotationStep): Promise<void>;
}

/** How it went. */
export interface Rotated {
  readonly load: StoredLoad;
  /** Who signed what the nodes showed after a step. */
  readonly signers: Partial<Record<RotationStep, readonly string[]>>;
  /** What clients have in the end. */
  readonly client: Required<Identity>;
}

/** Rotates both CAs, with clients that read and write all the while and take the bundle of each step. */
export async function rotateUnderLoad({
  ring,
  client,
  part,
  queries,
  take,
}: RotationUnderLoad): Promise<Rotated> {
  await makeTable(ring, client);
  const load = await StoredLoad.start(ring, client, LOAD_CLIENTS);
  const lap = createLap(part, load);
  const signers: Rotated['signers'] = {};
  const signersBy = async (identity: Identity) => [
    ...new Set(Object.values(await ring.servedBy(identity))),
  ];
  try {
    await take('trust');
    lap('trust');
    const next = await ring.secret('orders-ca-2');
    const caPem = client.caPem + next['tls.crt'].toString();
    const both = { ...client, caPem };
    signers.trust = await signersBy(both);
    await load.takeBundle(both);
    await take('issue');
    lap('issue');
    signers.issue = await signersBy(both);
    const renewed = await ring.issue('payments', 'orders-ca-2');
    await load.takeBundle(renewed);
    await take('drop');
    lap('drop');
    await until(`${queries} queries`, QUERIES_WITHIN_MS, async () => {
      return load.succeeded > queries;
    });
    return { load, signers, client: renewed };
  } finally {
    await load.stop();
    lap('stopped');
  }
}

async function makeTable(ring: StoredRing, client: Identity): Promise<void> {
  const driver = await ring.driver(client);
  await driver.execute(
    `CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', '${ring.datacenter}': 3}`,
  );
  await driver.execute(
    'CREATE TABLE shop.carts (id int PRIMARY KEY, item text)',
  );
  await driver.shutdown();
}

function createLap(part: string, load: StoredLoad) {
  const began = Date.now();
  return (what: string) => {
    const seconds = Math.round((Date.now() - began) / 1000);
    process.stderr.write(
      `${part}: ${what} after ${seconds} s, ${load.succeeded} queries, ${load.failed.length} failed, ${load.retries.count} tried again by the driver\n`,
    );
  };
}
