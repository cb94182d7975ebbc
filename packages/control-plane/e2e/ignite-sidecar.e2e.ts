import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  createBlueprintRegistry,
  createDatabaseTools,
} from '@ringfence/backstage-plugin-ringfence-backend';
import type { Via } from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa } from '@ringfence/connection/testUtils';
import { until, type Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import { readMetrics } from './support/metrics';
import {
  describeFencedCluster,
  FencedDatabase,
} from './support/fencedDatabase';
import { describeFailures } from './support/ignite/describeFailures';
import { IgniteLoad } from './support/ignite/IgniteLoad';
import { JavaClient } from './support/ignite/JavaClient';
import { Rest } from './support/ignite/rest';
import { KUBERNETES_CLUSTER } from './support/portal';
import { untilGreen } from './support/reports';
import { rotate } from './support/rotation';

jest.setTimeout(600_000);

const SPEC = {
  blueprint: 'ignite-sidecar',
  kubernetesCluster: KUBERNETES_CLUSTER,
  name: 'orders',
  namespace: 'orders',
  owner: 'group:default/payments',
  caches: [{ name: 'carts', backups: 1 }],
} as const;
const { namespace } = SPEC;
const REF = { kubernetesCluster: KUBERNETES_CLUSTER, namespace };
const ROTATIONS = 2;
const REQUESTS = 5_000;
const ENTRIES = 200;
const run = promisify(execFile);

let directory: string;
let bundle: string;
let cluster: Cluster;
let database: FencedDatabase;

/** The bundle, unpacked. */
async function downloadBundle(): Promise<string> {
  const path = `databases/${KUBERNETES_CLUSTER}/${namespace}/bundle`;
  const response = await fetch(`${database.plugin.url}/${path}`);
  if (!response.ok) throw new Error(await response.text());
  const zip = join(directory, 'bundle.zip');
  await writeFile(zip, Buffer.from(await response.arrayBuffer()));
  const folder = join(directory, 'bundle');
  await run('python3', ['-m', 'zipfile', '-e', zip, folder]);
  return folder;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-ignite-'));
  cluster = await startClusterForAccount({ log: () => {} });
  const began = performance.now();
  database = await FencedDatabase.create(cluster, SPEC);
  const tookMs = Math.round(performance.now() - began);
  process.stderr.write(`ignite-sidecar: provisioned in ${tookMs} ms\n`);
  bundle = await downloadBundle();
});

afterAll(async () => {
  await database?.stop();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** As the application's user through the gateway, by the portal's own client. */
async function thinClient() {
  const { blueprint, spec } = createBlueprintRegistry().parse(SPEC);
  const { serverName, caSecret, tlsPorts } = blueprint.access(spec);
  const { address: host } = await database.way();
  const via: Via = { host, port: tlsPorts[0], serverName, caSecret };
  const tools = createDatabaseTools(cluster.kubernetes, REF, {
    protocol: 'ignite',
  });
  return { tools, via, login: { secret: 'orders-app' } };
}

describeFencedCluster('a real API server, with sidecars', () => database);

describe('its cluster', () => {
  it('is one topology of two real nodes, active, by the names that they were given', async () => {
    const { tools, via, login } = await thinClient();
    const session = await tools.ignite(login, via);
    const nodes = await session.query(
      'SELECT CONSISTENT_ID, VERSION FROM SYS.NODES ORDER BY CONSISTENT_ID',
    );
    const baseline = await session.query(
      'SELECT CONSISTENT_ID, ONLINE FROM SYS.BASELINE_NODES ORDER BY CONSISTENT_ID',
    );
    expect(await session.state()).toBe('ACTIVE');
    await session.close();
    expect(nodes).toEqual([
      ['orders-0', expect.stringMatching(/^2\.17\.0#/)],
      ['orders-1', expect.stringMatching(/^2\.17\.0#/)],
    ]);
    expect(baseline).toEqual([
      ['orders-0', true],
      ['orders-1', true],
    ]);
  });

  it('has a sidecar in each pod that was ready before the node began, and none in the gateway', async () => {
    const { items } = await database.read('pods');
    const injected = items.filter(
      ({ metadata }: any) => metadata.annotations?.['sidecar.istio.io/status'],
    );
    expect(injected.map(({ metadata }: any) => metadata.name).sort()).toEqual([
      'orders-0',
      'orders-1',
    ]);
    for (const { status } of injected) {
      const [, proxy] = status.initContainerStatuses;
      expect(proxy).toMatchObject({ name: 'istio-proxy', ready: true });
      const [node] = status.containerStatuses;
      expect(Date.parse(proxy.state.running.startedAt)).toBeLessThanOrEqual(
        Date.parse(node.state.running.startedAt),
      );
    }
  });

  it('shows at its sidecars that clients and nodes come under mutual TLS, and nobody else', async () => {
    const ref = { namespace, pod: 'orders-0' };
    const metrics = await readMetrics(cluster.kubernetes, ref);
    const opened = metrics
      .split('\n')
      .filter(line => /^istio_tcp_connections_opened_total\{/.test(line))
      .filter(line => line.includes('reporter="destination"'));
    const from = (account: string) =>
      opened.filter(line =>
        line.includes(
          `source_principal="spiffe://cluster.local/ns/orders/sa/${account}"`,
        ),
      );
    expect(from('orders')).not.toEqual([]);
    expect(opened.filter(line => !line.includes('"mutual_tls"'))).toEqual([]);
  });
});

describe('REST over HTTPS', () => {
  it("answers with the bundle's own script, which verifies its CA and name", async () => {
    const { password } = await database.way();
    const { stdout } = await run('sh', ['curl/rest.sh', 'cmd=top'], {
      cwd: bundle,
      env: { ...process.env, IGNITE_PASSWORD: password },
    });
    const { successStatus, response } = JSON.parse(stdout);
    expect(successStatus).toBe(0);
    expect(response).toHaveLength(2);
  });

  it('refuses who has no login, the login that everybody knows, and another CA', async () => {
    const way = await database.way();
    const anonymous = new Rest(way);
    expect(await anonymous.askAnonymously('top')).toMatchObject({
      response: null,
      error: expect.any(String),
    });
    anonymous.close();
    const known = { username: 'ignite', password: 'ignite' };
    const everybody = new Rest({ ...way, ...known });
    expect(await everybody.ask('top')).toMatchObject({
      response: null,
      error: expect.any(String),
    });
    everybody.close();
    const other = await mintCa({ name: 'another CA' });
    const distrusting = new Rest({ ...way, caPem: other.certPem });
    await expect(distrusting.ask('top')).rejects.toThrow(/unable to/i);
    distrusting.close();
  });
});

describe('the thin client for Java', () => {
  let java: JavaClient;

  beforeAll(async () => {
    java = await JavaClient.compile(bundle);
  });

  it("connects with the bundle's own files", async () => {
    const { password } = await database.way();
    expect(await java.run(password)).toMatch(
      /^Connected, ACTIVE, caches: .*carts/m,
    );
  });

  it.each([
    [
      'another password',
      /password is incorrect/,
      async () => ({ password: 'wrong', folder: bundle }),
    ],
    [
      'the CA of another bundle',
      /SSL handshake failed/,
      async () => {
        const { password } = await database.way();
        const folder = join(directory, 'other');
        await cp(bundle, folder, { recursive: true });
        const other = await mintCa({ name: 'another CA' });
        const certificate = join(folder, 'other.crt');
        await writeFile(certificate, other.certPem);
        const store = join(folder, 'truststore.p12');
        await rm(store);
        await run('keytool', [
          ...['-importcert', '-noprompt', '-storepass', 'changeit'],
          ...['-file', certificate, '-keystore', store, '-alias', 'ca'],
        ]);
        return { password, folder };
      },
    ],
  ])('does not come in with %s', async (_what, refusal, prepare) => {
    const { password, folder } = await prepare();
    await expect(java.run(password, folder)).rejects.toThrow(refusal);
  });
});

it(`fails none of ${REQUESTS} requests through ${ROTATIONS} renewals of its certificate`, async () => {
  const way = await database.way();
  const load = await IgniteLoad.start({
    ...{ way, ...(await thinClient()) },
    thinClients: 4,
    restClients: 4,
  });
  const certificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    namespace,
    name: 'orders-tls',
  };
  const tookMs: number[] = [];
  for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
    tookMs.push(await rotate(cluster.kubernetes, certificate, way));
    load.renew();
    await until('all clients are in anew', 30_000, async () => {
      return load.renewed === rotation * 8;
    });
  }
  await until(`${REQUESTS} requests`, 240_000, async () => {
    return load.succeeded + load.failed.length >= REQUESTS;
  });
  await load.stop();
  process.stderr.write(
    `ignite-sidecar: renewals after ${tookMs.map(Math.round)} ms, ${
      load.succeeded
    } requests, ${load.failed.length} failed\n`,
  );
  expect(load.failed).toEqual([]);
  expect(load.succeeded).toBeGreaterThanOrEqual(REQUESTS);
  await untilGreen(database.plugin, namespace);
});

it('loses nothing of a cache with a backup when a node dies', async () => {
  const rest = new Rest(await database.way());
  const keys = Array.from({ length: ENTRIES }, (_, index) => index + 1);
  const entries = Object.fromEntries(
    keys.flatMap(key => [
      [`k${key}`, `key ${key}`],
      [`v${key}`, `value ${key}`],
    ]),
  );
  const cache = { cacheName: 'carts' };
  expect(await rest.ask('putall', { ...cache, ...entries })).toMatchObject({
    successStatus: 0,
  });
  await cluster.killNode('orders/orders-0');
  const asked = Object.fromEntries(keys.map(key => [`k${key}`, `key ${key}`]));
  const found = await until('all entries are found', 60_000, async () => {
    const { response, error } = await rest.ask('getall', {
      ...cache,
      ...asked,
    });
    if (error) throw new Error(error);
    return response && Object.keys(response).length === ENTRIES && response;
  });
  expect(found).toEqual(
    Object.fromEntries(keys.map(key => [`key ${key}`, `value ${key}`])),
  );
  await cluster.startNode('orders/orders-0');
  rest.close();
  await untilGreen(database.plugin, namespace);
});

describeFailures(() => ({ cluster, database, spec: SPEC }));
