import { createHash, X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { until, type Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import {
  createDriver,
  handshake,
  readWay,
  SERVED_WITHIN_MS,
  type Way,
} from './support/cql';
import { Load } from './support/load';
import {
  createProvisioner,
  endOf,
  orders,
  provision,
} from './support/provisioning';
import {
  LongConnection,
  renew,
  rotate,
  servedSerial,
} from './support/rotation';

const ROTATIONS = Number(process.env.E2E_ROTATIONS ?? 20);
/** 10,000 for twenty. */
const QUERIES = 500 * ROTATIONS;
const CLIENTS = 4;
const LONG_CONNECTIONS = 3;
const PAUSE_BETWEEN_MS = 1_500;

jest.setTimeout(120_000 + 20_000 * ROTATIONS);

const certificateRef = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  namespace: orders.namespace,
  name: 'orders-tls',
};

let cluster: Cluster;
let way: Way;

async function read(kind: string, name: string): Promise<any> {
  const args = ['get', kind, name, '-n', orders.namespace, '-o', 'json'];
  return JSON.parse(await cluster.kubectl(args));
}

const readCertificate = () => read('certificate', certificateRef.name);

async function storedCertificate(): Promise<X509Certificate> {
  const { data } = await read('secret', certificateRef.name);
  return new X509Certificate(Buffer.from(data['tls.crt'], 'base64'));
}

beforeAll(async () => {
  cluster = await startClusterForAccount({ log: () => {} });
  const events = await provision(createProvisioner(cluster.kubernetes), orders);
  if (endOf(events) !== 'done') throw new Error(endOf(events));
  way = await readWay(cluster, orders);
  const driver = createDriver(way);
  await driver.execute(
    "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}",
  );
  await driver.execute(
    'CREATE TABLE shop.carts (id int PRIMARY KEY, item text)',
  );
  await driver.shutdown();
});

afterAll(() => cluster?.stop());

describe('the certificate that cert-manager issued', () => {
  it('is what Envoy serves, verified with the CA that clients have', async () => {
    const socket = await handshake(way);
    const { raw } = socket.getPeerCertificate();
    socket.destroy();
    const served = createHash('sha256').update(raw).digest('hex');
    const stored = (await storedCertificate()).fingerprint256;
    expect(served).toBe(stored.replaceAll(':', '').toLowerCase());
  });

  it('is renewed at once when that is asked for, with a new key', async () => {
    const before = await readCertificate();
    const keyBefore = (await storedCertificate()).publicKey;
    await renew(cluster.kubernetes, certificateRef);
    const after = await until('the next revision', 20_000, async () => {
      const found = await readCertificate();
      return found.status.revision > before.status.revision && found;
    });
    expect(after.status.revision).toBe(before.status.revision + 1);
    expect(after.status.failedIssuanceAttempts).toBeUndefined();
    const keyAfter = (await storedCertificate()).publicKey;
    expect(keyAfter.equals(keyBefore)).toBe(false);
  });

  it('leaves the CA alone', async () => {
    const { data } = await read('secret', 'orders-ca');
    const ca = Buffer.from(data['tls.crt'], 'base64').toString();
    expect(ca.trim()).toBe(way.caPem.trim());
    expect((await read('certificate', 'orders-ca')).status.revision).toBe(1);
  });
});

describe(`${ROTATIONS} rotations under load`, () => {
  let load: Load;
  let long: LongConnection[];
  let firstSerial: string;
  let tookMs: number[];
  const serials = new Set<string>();
  let revisionBefore: number;

  beforeAll(async () => {
    revisionBefore = (await readCertificate()).status.revision;
    firstSerial = await servedSerial(way);
    serials.add(firstSerial);
    long = [];
    for (let i = 0; i < LONG_CONNECTIONS; i++) {
      long.push(await LongConnection.open(way));
    }
    load = await Load.start(way, CLIENTS);
    tookMs = [];
    for (let rotation = 0; rotation < ROTATIONS; rotation++) {
      tookMs.push(await rotate(cluster.kubernetes, certificateRef, way));
      serials.add(await servedSerial(way));
      // One client after the other comes in anew, the rest stay as they are.
      load.reconnect(rotation % (CLIENTS - 1));
      await delay(PAUSE_BETWEEN_MS);
    }
    await until(`${QUERIES} queries`, 120_000, async () => {
      return load.succeeded + load.failed.length >= QUERIES;
    });
    await load.stop();
    report();
  });

  afterAll(() => {
    long?.forEach(connection => connection.close());
  });

  /** The measured times are a result of their own. */
  function report() {
    const sorted = [...tookMs].sort((a, b) => a - b);
    const p50 = Math.round(sorted[Math.floor(sorted.length / 2)]);
    const worst = Math.round(sorted.at(-1)!);
    process.stderr.write(
      `certificates: ${ROTATIONS} rotations, new handshakes after ${p50} ms (p50), ${worst} ms (worst); ` +
        `${load.succeeded} queries, ${load.failed.length} failed, ${load.reconnected} reconnects\n`,
    );
  }

  it('fails no query, though none is tried twice', () => {
    expect(load.failed).toEqual([]);
    expect(load.succeeded).toBeGreaterThanOrEqual(QUERIES);
  });

  it('lets clients come in anew after each', () => {
    expect(load.reconnected).toBe(ROTATIONS);
  });

  it('shows new handshakes a certificate of its own each time', async () => {
    expect(serials.size).toBe(ROTATIONS + 1);
    const { status } = await readCertificate();
    expect(status.revision).toBe(revisionBefore + ROTATIONS);
  });

  it(`shows it within ${SERVED_WITHIN_MS / 1000} s of being asked for`, () => {
    expect(tookMs.filter(ms => ms > SERVED_WITHIN_MS)).toEqual([]);
  });

  it('keeps connections that were open before the first', async () => {
    for (const connection of long) {
      expect(connection.serial).toBe(firstSerial);
      expect(await connection.answers()).toBe(true);
    }
  });
});
