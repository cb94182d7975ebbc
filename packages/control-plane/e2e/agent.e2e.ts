import { until, type Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import { createDriver, handshake, readWay, type Way } from './support/cql';
import { readMetrics } from './support/metrics';
import {
  createProvisioner,
  endOf,
  orders,
  provision,
} from './support/provisioning';

jest.setTimeout(300_000);

const { namespace } = orders;
const WITHIN_MS = 60_000;

let cluster: Cluster;
let way: Way;

async function read(args: readonly string[]): Promise<any> {
  return JSON.parse(
    await cluster.kubectl([...args, '-n', namespace, '-o', 'json']),
  );
}

const isReady = async (pod: string) => {
  const { status } = await read(['get', 'pod', pod]);
  return status.conditions.some(
    ({ type, status: value }: any) => type === 'Ready' && value === 'True',
  );
};

const nodetool = (pod: string) =>
  cluster.kubectl(['exec', '-n', namespace, pod, '--', 'nodetool', 'status']);

/** Rows of a table that is made at the first call. */
async function withDriver<T>(
  use: (driver: ReturnType<typeof createDriver>) => Promise<T>,
): Promise<T> {
  const driver = createDriver(way);
  try {
    await driver.connect();
    return await use(driver);
  } finally {
    await driver.shutdown();
  }
}

const countCarts = () =>
  withDriver(async driver => {
    const { rows } = await driver.execute('SELECT id FROM shop.carts');
    return rows.length;
  });

beforeAll(async () => {
  cluster = await startClusterForAccount({ log: () => {} });
  const events = await provision(createProvisioner(cluster.kubernetes), orders);
  if (endOf(events) !== 'done') throw new Error(endOf(events));
  way = await readWay(cluster, orders);
  await withDriver(async driver => {
    await driver.execute(
      "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}",
    );
    await driver.execute('CREATE TABLE shop.carts (id int PRIMARY KEY)');
    await driver.execute('INSERT INTO shop.carts (id) VALUES (1)');
  });
});

afterAll(() => cluster?.stop());

it('runs the real nodetool in a pod', async () => {
  const status = await nodetool('orders-1');
  expect(status.match(/^UN {2}10\.0\.100\.\d+/gm)).toHaveLength(3);
});

it('counts what came through the gateway as traffic under mutual TLS', async () => {
  const { items } = JSON.parse(
    await cluster.kubectl([
      ...['get', 'pods', '-n', 'istio-system', '-l', 'app=ztunnel'],
      ...['-o', 'json'],
    ]),
  );
  const metrics: string[] = [];
  for (const { metadata } of items) {
    const ref = { namespace: 'istio-system', pod: metadata.name };
    metrics.push(await readMetrics(cluster.kubernetes, ref));
  }
  const opened = metrics
    .join('\n')
    .split('\n')
    .filter(line => line.startsWith('istio_tcp_connections_opened_total'));
  expect(
    opened.filter(line =>
      line.includes(
        'source_principal="spiffe://cluster.local/ns/orders/sa/orders-gateway-istio"',
      ),
    ).length,
  ).toBeGreaterThan(0);
  expect(opened.filter(line => !line.includes('"mutual_tls"'))).toEqual([]);
});

it('turns a pod whose Cassandra was killed unready, and ready with its data once that runs again', async () => {
  await cluster.killNode('orders/orders-2');
  await until(
    'orders-2 is not Ready',
    WITHIN_MS,
    async () => !(await isReady('orders-2')),
  );
  await until('the others say DN', WITHIN_MS, async () =>
    /^DN /m.test(await nodetool('orders-0')),
  );
  const dead = { namespace, pod: 'orders-2', container: 'scylla' };
  // kwok has no exit codes: a kubelet would answer with one.
  await expect(
    cluster.kubernetes.exec(dead, ['nodetool', 'status']),
  ).rejects.toThrow('exit status 1');
  expect(await countCarts()).toBe(1);
  await cluster.startNode('orders/orders-2');
  await until('orders-2 is Ready', WITHIN_MS, () => isReady('orders-2'));
  await until(
    'all are UN',
    WITHIN_MS,
    async () => !/^DN /m.test(await nodetool('orders-0')),
  );
});

it('runs a pod that was deleted and made again on the same data', async () => {
  const before = await read(['get', 'pod', 'orders-1']);
  await cluster.kubectl(['delete', 'pod', 'orders-1', '-n', namespace]);
  await until('orders-1 is there again', WITHIN_MS, async () => {
    const { metadata } = await read(['get', 'pod', 'orders-1']);
    return metadata.uid !== before.metadata.uid && (await isReady('orders-1'));
  });
  await until(
    'three are UN',
    WITHIN_MS,
    async () => (await nodetool('orders-1')).match(/^UN /gm)?.length === 3,
  );
  expect(await countCarts()).toBe(1);
});

it('serves a renewed certificate within 2 s while an open connection stays', async () => {
  const open = await handshake(way);
  const served = async () => {
    const socket = await handshake(way);
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const before = await served();
  const certificate = await cluster.kubernetes.get({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    namespace,
    name: 'orders-tls',
  });
  const issuing = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'asked for by a test',
    lastTransitionTime: new Date().toISOString(),
  };
  const { status } = certificate!;
  const asked = Date.now();
  await cluster.kubernetes.updateStatus({
    ...certificate!,
    status: { ...status, conditions: [...status.conditions, issuing] },
  });
  await until(
    'a new certificate',
    10_000,
    async () => (await served()) !== before,
  );
  expect(Date.now() - asked).toBeLessThan(2_000);
  expect(open.destroyed).toBe(false);
  open.destroy();
});

it('lets the gateway reach no node that does not let it in', async () => {
  const name = ['authorizationpolicy', 'orders', '-n', namespace];
  const { spec } = await read(['get', 'authorizationpolicy', 'orders']);
  const patch = (rules: unknown) =>
    cluster.kubectl([
      ...['patch', ...name, '--type=merge', '-p'],
      JSON.stringify({ spec: { rules } }),
    ]);
  try {
    await patch(spec.rules.slice(1));
    await until('logins fail', WITHIN_MS, async () =>
      countCarts().then(
        () => false,
        () => true,
      ),
    );
  } finally {
    await patch(spec.rules);
  }
  expect(await until('logins work', WITHIN_MS, countCarts)).toBe(1);
});

it('has no way in while Envoy is dead, and one once it runs again', async () => {
  await cluster.killEnvoy('orders/orders-gateway');
  await expect(handshake(way)).rejects.toThrow('ECONNREFUSED');
  await cluster.startEnvoy('orders/orders-gateway');
  expect(await countCarts()).toBe(1);
});

it('goes on after the API server was killed', async () => {
  await cluster.killApiServer();
  expect(await countCarts()).toBe(1);
  await cluster.startApiServer();
  await cluster.kubectl(['delete', 'secret', 'orders-tls', '-n', namespace]);
  const renewed = await until('a Secret again', WITHIN_MS, () =>
    readWay(cluster, orders),
  );
  await until('Envoy serves it', WITHIN_MS, async () => {
    const socket = await handshake(renewed);
    socket.destroy();
    return true;
  });
});
