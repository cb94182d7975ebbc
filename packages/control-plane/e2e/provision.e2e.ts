import { parse } from 'yaml';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { startCluster, until, type Cluster } from '../src';
import { createDriver, handshake, readWay, type Way } from './support/cql';
import {
  createProvisioner,
  endOf,
  orders,
  provision,
  startPlugin,
  troubles,
  type TestPlugin,
} from './support/provisioning';
import { Wire } from './support/wire';

jest.setTimeout(300_000);

const { namespace } = orders;
const OURS = 'app.kubernetes.io/managed-by=ringfence';
const KINDS = [
  'configmaps',
  'secrets',
  'services',
  'serviceaccounts',
  'statefulsets',
  'poddisruptionbudgets',
  'networkpolicies',
  'issuers',
  'certificates',
  'gateways',
  'tcproutes',
  'peerauthentications',
  'authorizationpolicies',
  'rolebindings',
].join(',');

let cluster: Cluster;
let wire: Wire;
let plugin: TestPlugin;
let provisioner: ReturnType<typeof createProvisioner>;
let created: ProvisioningEvent[];
let way: Way;

async function read(args: readonly string[]): Promise<any> {
  return JSON.parse(await cluster.kubectl([...args, '-o', 'json']));
}

/** Of all objects that carry our label, by kind and name. */
async function resourceVersions(): Promise<Record<string, string>> {
  const list = await read(['get', KINDS, '-n', namespace, '-l', OURS]);
  const home = await read(['get', 'namespace', namespace]);
  return Object.fromEntries(
    [...list.items, home].map(({ kind, metadata }: KubernetesObject) => [
      `${kind} ${metadata.name}`,
      metadata.resourceVersion!,
    ]),
  );
}

/** Why the API server refused pods of a namespace. */
async function refusedPods(of: string): Promise<string[]> {
  const { items } = await read(['get', 'events', '-n', of]);
  return items
    .filter(({ reason }: any) => reason === 'FailedCreate')
    .map(({ message }: any) => message);
}

beforeAll(async () => {
  cluster = await startCluster({ log: () => {} });
  plugin = await startPlugin(cluster);
  wire = new Wire();
  provisioner = createProvisioner(cluster.kubernetes);
  created = await provision(provisioner, orders);
  if (endOf(created) === 'done') way = await readWay(cluster, orders);
});

afterAll(async () => {
  wire?.stop();
  await plugin?.stop();
  await cluster?.stop();
});

describe('a database of three nodes on a real API server', () => {
  it('is provisioned', () => {
    expect(endOf(created)).toBe('done');
  });

  it('sends every manifest with strict validation, and is warned of nothing', () => {
    const written = wire.of('ringfence').filter(({ status }) => status < 300);
    const lax = written.filter(
      ({ path, query }) =>
        !path.endsWith('/status') && query.get('fieldValidation') !== 'Strict',
    );
    expect(written.length).toBeGreaterThan(20);
    expect(lax).toEqual([]);
    expect(written.filter(({ warnings }) => warnings.length > 0)).toEqual([]);
  });

  it('would have been told of a warning, and of an unknown field', async () => {
    const pod = (spec: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'other', namespace: 'default' },
      spec: { containers: [{ name: 'a', image: 'example.com/a:1' }], ...spec },
    });
    const dryRun = { dryRun: true };
    await cluster.kubernetes.create(
      // Two ports of one number are allowed, and warned of.
      pod({
        containers: [1, 2].map(it => ({
          name: `c${it}`,
          image: 'example.com/a:1',
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        })),
      }),
      dryRun,
    );
    const [last] = wire.of('ringfence').slice(-1);
    expect(last.warnings.join()).toMatch(/env\[1\]|hides previous/);
    await expect(
      cluster.kubernetes.create(pod({ notThere: true }), dryRun),
    ).rejects.toThrow('notThere');
  });

  it('stores the spec as it was asked for', async () => {
    const { data } = await read([
      'get',
      'configmap',
      'ringfence',
      '-n',
      namespace,
    ]);
    expect(parse(data['spec.yaml'])).toMatchObject(orders);
  });

  it('changes no resourceVersion the second time', async () => {
    const before = await resourceVersions();
    const again = await provision(provisioner, orders);
    const changes = again.flatMap(event =>
      event.type === 'object' ? [event.change] : [],
    );
    expect(endOf(again)).toBe('done');
    expect(new Set(changes)).toEqual(new Set(['unchanged']));
    expect(await resourceVersions()).toEqual(before);
    expect(Object.keys(before).length).toBeGreaterThan(15);
  });

  it('has every pod admitted under Pod Security "restricted", that of the gateway included', async () => {
    const home = await read(['get', 'namespace', namespace]);
    const { items } = await read(['get', 'pods', '-n', namespace]);
    expect(home.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(items.map((it: any) => it.status.phase)).toEqual(
      Array(4).fill('Running'),
    );
    expect(await refusedPods(namespace)).toEqual([]);
  });

  it('needs the parameters of its Gateway for that', async () => {
    const gateway = await read([
      'get',
      'gateway',
      'orders-gateway',
      '-n',
      namespace,
    ]);
    const { infrastructure, ...spec } = gateway.spec;
    await cluster.kubernetes.apply({
      apiVersion: gateway.apiVersion,
      kind: 'Gateway',
      metadata: { name: 'bare', namespace },
      spec,
    });
    const [refused] = await until('a refused pod', 30_000, async () => {
      const found = await refusedPods(namespace);
      return found.length > 0 && found;
    });
    await cluster.kubectl(['delete', 'gateway', 'bare', '-n', namespace]);
    expect(refused).toMatch(/violates PodSecurity "restricted.*seccompProfile/);
  });

  it('is Fenced, by every check', async () => {
    const report = await plugin.report(namespace);
    expect(troubles(report)).toEqual([]);
    expect(report.headline).toBe('Fenced');
    expect(report.nodes).toHaveLength(3);
  });

  it("has its gateway's address in the certificate that Envoy serves", async () => {
    const socket = await handshake(way);
    const { subjectaltname } = socket.getPeerCertificate();
    socket.destroy();
    expect(subjectaltname).toContain(`IP Address:${way.address}`);
  });

  it('runs CQL of the application role through Envoy', async () => {
    const driver = createDriver(way);
    await driver.connect();
    await driver.execute(
      "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}",
    );
    await driver.execute(
      'CREATE TABLE shop.carts (id int PRIMARY KEY, item text)',
    );
    for (const id of [1, 2, 3]) {
      await driver.execute(
        'INSERT INTO shop.carts (id, item) VALUES (?, ?)',
        [id, `item ${id}`],
        { prepare: true },
      );
    }
    const { rows } = await driver.execute('SELECT id FROM shop.carts');
    await driver.shutdown();
    expect(rows.map(row => row.get('id')).sort()).toEqual([1, 2, 3]);
  });

  it('refuses a login that is not its own', async () => {
    const driver = createDriver({ ...way, password: 'wrong' });
    await expect(driver.connect()).rejects.toThrow();
    await driver.shutdown();
  });
});

describe('the production profile on a real API server', () => {
  const production = {
    ...orders,
    name: 'ledger',
    namespace: 'ledger',
    profile: 'production',
    storage: { className: 'fast-xfs' },
  };

  it('has its manifests accepted and its pods admitted', async () => {
    const stop = new AbortController();
    const events = await provision(
      provisioner,
      production,
      stop.signal,
      event => {
        const isRing =
          event.type === 'object' && event.object.startsWith('StatefulSet');
        // What comes after takes the nodes, which is not the question here.
        if (isRing) stop.abort(new Error('enough'));
      },
    );
    const applied = events.flatMap(event =>
      event.type === 'object' ? [event.object] : [],
    );
    expect(applied.at(-1)).toBe('StatefulSet ledger/ledger');
    const pods: any[] = await until('all pods on nodes', 30_000, async () => {
      const { items } = await read(['get', 'pods', '-n', 'ledger']);
      const placed = items.filter((it: any) => it.spec.nodeName);
      return placed.length >= 5 && placed;
    });
    expect(await refusedPods('ledger')).toEqual([]);
    const nodes = pods
      .filter(it => it.spec.containers[0].name === 'scylla')
      .map(it => it.spec.nodeName);
    expect(new Set(nodes).size).toBe(3);
    const warned = wire
      .of('ringfence')
      .filter(
        ({ path, warnings }) => /ledger/.test(path) && warnings.length > 0,
      );
    expect(warned).toEqual([]);
  });
});
