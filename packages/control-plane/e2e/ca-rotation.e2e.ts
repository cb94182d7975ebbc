import { until, type Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import { CaRotation, firstObject } from './support/caRotation';
import { createDriver, handshake, readWay, type Way } from './support/cql';
import { Load } from './support/load';
import {
  createProvisioner,
  endOf,
  orders,
  provision,
  startPlugin,
  type TestPlugin,
} from './support/provisioning';
import { LongConnection } from './support/rotation';

const CLIENTS = 4;
/** In each of the four states that clients meet: before it, and after each step. */
const QUERIES_IN_EACH = 1_000;
const QUERIES_WITHIN_MS = 120_000;

jest.setTimeout(400_000);

let cluster: Cluster;
let plugin: TestPlugin;
let rotation: CaRotation;
/** With the CA that clients got first. */
let way: Way;
let load: Load;
let long: LongConnection;
const began = Date.now();

/** The CA as a client's owner downloads it now. */
async function bundle(): Promise<Way> {
  const { kubernetesCluster, namespace } = orders;
  const url = `${plugin.url}/databases/${kubernetesCluster}/${namespace}/ca`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(await response.text());
  return { ...way, caPem: await response.text() };
}

const certificatesIn = ({ caPem }: Way) =>
  caPem.match(/BEGIN CERTIFICATE/g)?.length;

/** Who signed what the gateway shows; verified. */
async function signer(trusting: Way): Promise<string> {
  const socket = await handshake(trusting);
  const { issuer } = socket.getPeerCertificate();
  socket.destroy();
  return issuer.CN as string;
}

/** That many more queries, so that each state is met by all clients. */
async function queried(what: string): Promise<void> {
  const before = load.succeeded + load.failed.length;
  await until(`${QUERIES_IN_EACH} queries`, QUERIES_WITHIN_MS, async () => {
    return load.succeeded + load.failed.length >= before + QUERIES_IN_EACH;
  });
  const seconds = Math.round((Date.now() - began) / 1000);
  process.stderr.write(
    `ca-rotation: ${what} after ${seconds} s, ${load.succeeded} queries, ${load.failed.length} failed\n`,
  );
}

beforeAll(async () => {
  cluster = await startClusterForAccount({ log: () => {} });
  const provisioner = createProvisioner(cluster.kubernetes);
  rotation = new CaRotation(cluster, provisioner, orders);
  const events = await provision(provisioner, orders);
  if (endOf(events) !== 'done') throw new Error(endOf(events));
  plugin = await startPlugin(cluster);
  way = await readWay(cluster, orders);
  const driver = createDriver(way);
  await driver.execute(
    "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}",
  );
  await driver.execute(
    'CREATE TABLE shop.carts (id int PRIMARY KEY, item text)',
  );
  await driver.shutdown();
  long = await LongConnection.open(way);
  load = await Load.start(way, CLIENTS);
});

afterAll(async () => {
  long?.close();
  await load?.stop();
  await plugin?.stop();
  await cluster?.stop();
});

it('tells clients of both CAs before anything is signed by the new one', async () => {
  expect(certificatesIn(await bundle())).toBe(1);
  await queried('begun');
  await rotation.takeInterrupted('trust', firstObject);
  const both = await bundle();
  expect(certificatesIn(both)).toBe(2);
  expect(await signer(way)).toBe('orders CA');
  await load.takeBundle(both);
  await queried('trust');
});

it('has the gateway show what the new CA signed, once clients trust it', async () => {
  const both = await bundle();
  await rotation.takeInterrupted('issue', firstObject);
  expect(await signer(both)).toBe('orders CA 2');
  // Who did not take the bundle in time is the only one to be shut out.
  await expect(signer(way)).rejects.toThrow(/unable to|self-signed|signature/);
  await load.takeBundle(both);
  await queried('issue');
});

it('leaves nothing of the former CA', async () => {
  await rotation.takeInterrupted('drop', firstObject);
  const after = await bundle();
  expect(certificatesIn(after)).toBe(1);
  expect(await signer(after)).toBe('orders CA 2');
  await load.takeBundle(after);
  await queried('drop');
  const secrets = await cluster.kubectl([
    ...['get', 'secrets', '-n', orders.namespace],
    ...['-o', 'jsonpath={.items[*].metadata.name}'],
  ]);
  expect(secrets.split(' ')).toContain('orders-ca-2');
  expect(secrets.split(' ')).not.toContain('orders-ca');
});

it('fails no query on the way, though none is tried twice, and ends no connection', async () => {
  await load.stop();
  expect(load.failed).toEqual([]);
  expect(load.succeeded).toBeGreaterThanOrEqual(4 * QUERIES_IN_EACH);
  // Each client came in anew with each of the three bundles.
  expect(load.reconnected).toBe(3 * CLIENTS);
  expect(await long.answers()).toBe(true);
});
