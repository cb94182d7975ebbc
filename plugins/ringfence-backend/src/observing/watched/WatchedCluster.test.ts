import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import type {
  Fact,
  KubernetesCluster,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createMemoryKubernetesCluster } from '@ringfence/sandbox';
import { WatchedCluster } from './WatchedCluster';

const namespace = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: { 'app.kubernetes.io/managed-by': 'ringfence', ...labels },
  },
});
const service = (inNamespace: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: inNamespace },
  spec: { ports: [{ name: 'tcp-cql', port: 9042 }] },
});

const clusters: WatchedCluster[] = [];
afterEach(() => Promise.all(clusters.splice(0).map(it => it.stop())));

async function watch(
  change: (it: KubernetesCluster) => KubernetesCluster = it => it,
  { patienceMs = 5_000 } = {},
) {
  const kubernetes = createMemoryKubernetesCluster({ name: 'eu-1' });
  await kubernetes.apply(namespace('orders'));
  await kubernetes.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'theirs' },
  });
  await kubernetes.apply(service('orders', 'one'));
  await kubernetes.apply(service('theirs', 'two'));
  const changes: Array<string | undefined> = [];
  const cluster = new WatchedCluster(change(kubernetes), {
    clock: () => new Date(),
    onChange: name => changes.push(name),
    timing: { heartbeatMs: 20, patienceMs, firstDelayMs: 10 },
  });
  clusters.push(cluster);
  await cluster.start();
  return { kubernetes, cluster, changes };
}

const settled = () =>
  new Promise(resolve => {
    setTimeout(resolve, 30);
  });

it('sees a label that changes', async () => {
  const { kubernetes, cluster, changes } = await watch();
  changes.length = 0;
  await kubernetes.apply(namespace('orders', { mode: 'none' }));
  await settled();
  expect(cluster.namespaces.state).toEqual({ is: 'current' });
  expect(changes).toContain('orders');
  expect(
    await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'orders' }),
  ).toMatchObject({ value: { metadata: { labels: { mode: 'none' } } } });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not so: ${condition}`);
    await settled();
  }
}

const SERVICES = { apiVersion: 'v1', kind: 'Service' };
const names = (fact: Fact<readonly KubernetesObject[]>) =>
  fact.known && fact.value.map(({ metadata }) => metadata.name);

/** The same Kubernetes cluster with some methods of its own. */
function changedBy(
  changes: (it: KubernetesCluster) => Partial<KubernetesCluster>,
) {
  return (kubernetes: KubernetesCluster) => {
    const changed = changes(kubernetes);
    return new Proxy(kubernetes, {
      get(target, name) {
        const value = Reflect.get(changed, name) ?? Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
}

it('answers for namespaces with databases without asking, and keeps nothing of others', async () => {
  const asked: string[] = [];
  const { cluster } = await watch(
    changedBy(it => ({
      list: selector => {
        asked.push(selector.kind);
        return it.list(selector);
      },
    })),
  );
  const orders = { ...SERVICES, namespace: 'orders' };
  expect(names(await cluster.list(orders))).toEqual(['one']);
  expect(asked).toEqual([]);
  const kept = cluster.size;
  expect(
    names(await cluster.list({ ...SERVICES, namespace: 'theirs' })),
  ).toEqual(['two']);
  expect(asked).toEqual(['Service']);
  expect(cluster.size).toBe(kept);
});

it('takes in what was in a namespace before it was seen to hold a database', async () => {
  const { kubernetes, cluster } = await watch();
  await kubernetes.as('kubectl', { force: true }).apply(namespace('theirs'));
  await settled();
  const theirs = { ...SERVICES, namespace: 'theirs' };
  expect(names(await cluster.list(theirs))).toEqual(['two']);
  await kubernetes.delete({ ...SERVICES, namespace: 'theirs', name: 'two' });
  await settled();
  expect(names(await cluster.list(theirs))).toEqual([]);
});

it('tries again where the first list of a new database fails', async () => {
  let isBroken = true;
  let asked = 0;
  const { kubernetes, cluster } = await watch(
    changedBy(it => ({
      list: async selector => {
        asked += 1;
        if (isBroken && selector.kind === 'Service') throw new Error('broken');
        return it.list(selector);
      },
    })),
  );
  await kubernetes.as('kubectl', { force: true }).apply(namespace('theirs'));
  await settled();
  const theirs = { ...SERVICES, namespace: 'theirs' };
  expect(await cluster.list(theirs)).toMatchObject({ why: 'broken' });
  isBroken = false;
  await until(async () => {
    const before = asked;
    const found = names(await cluster.list(theirs));
    return asked === before && JSON.stringify(found) === '["two"]';
  });
});

it('asks where it is told to, whatever watches tell', async () => {
  const { kubernetes, cluster } = await watch();
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'orders-0',
      namespace: 'orders',
      labels: { 'app.kubernetes.io/instance': 'orders' },
    },
    spec: { containers: [] },
  };
  await kubernetes.create(pod);
  await settled();
  const pods = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: 'orders',
    labels: { 'app.kubernetes.io/instance': 'orders' },
  };
  expect(names(await cluster.list(pods))).toEqual([]);
  expect(names(await cluster.list(pods, { live: true }))).toEqual(['orders-0']);
});

it('believes nothing any more once the API server has been silent for a while, and all again when it answers', async () => {
  let isAway = false;
  const { cluster } = await watch(
    changedBy(it => ({
      get: ref => (isAway ? new Promise(() => {}) : it.get(ref)),
    })),
    { patienceMs: 100 },
  );
  const orders = { ...SERVICES, namespace: 'orders' };
  isAway = true;
  await settled();
  expect((await cluster.list(orders)).known).toBe(true);
  await new Promise(resolve => {
    setTimeout(resolve, 150);
  });
  expect(await cluster.list(orders)).toMatchObject({
    known: false,
    why: expect.stringMatching(
      /^Kubernetes cluster "eu-1" has not answered since .*: no answer within/,
    ),
  });
  expect(cluster.silence).toBeDefined();
  isAway = false;
  await new Promise(resolve => {
    setTimeout(resolve, 100);
  });
  expect(names(await cluster.list(orders))).toEqual(['one']);
});

it('reads live what may not be watched', async () => {
  const refused: string[] = [];
  const { cluster } = await watch(
    changedBy(it => ({
      watch: (selector, options) => {
        if (selector.kind !== 'Service') return it.watch(selector, options);
        refused.push(selector.kind);
        throw new NotAllowedError('services may not be watched');
      },
    })),
  );
  expect(refused).toEqual(['Service']);
  expect(
    names(await cluster.list({ ...SERVICES, namespace: 'orders' })),
  ).toEqual(['one']);
});

it('keeps no password of what it reads live either', async () => {
  const kind = {
    apiVersion: 'cassandra.datastax.com/v1beta1',
    kind: 'CassandraDatacenter',
  };
  const metadata = { name: 'dc1', namespace: 'orders' };
  const options = { keystore: '/mnt/keystore', keystore_password: 'hunter2' };
  const { cluster } = await watch(
    changedBy(it => ({
      get: async ref =>
        ref.kind === kind.kind
          ? { ...kind, metadata, spec: { config: options } }
          : it.get(ref),
      watch: (selector, ...rest) => {
        if (selector.kind !== kind.kind) return it.watch(selector, ...rest);
        throw new NotAllowedError('datacenters may not be watched');
      },
    })),
  );
  const text = JSON.stringify(await cluster.get({ ...kind, ...metadata }));
  expect(text).toContain('/mnt/keystore');
  expect(text).not.toContain('hunter2');
});

it.each([['Secret'], ['ConfigMap']])('watches no %s', async kind => {
  const watched: string[] = [];
  const { cluster } = await watch(
    changedBy(it => ({
      watch: (selector, options) => {
        watched.push(selector.kind);
        return it.watch(selector, options);
      },
    })),
  );
  const where = { apiVersion: 'v1', kind, namespace: 'orders' };
  await cluster.list(where);
  await cluster.get({ ...where, name: 'orders' });
  expect(watched).not.toContain(kind);
});

it('tells every database of what changes in the mesh as a whole', async () => {
  const { kubernetes, cluster, changes } = await watch();
  const policyIn = (inNamespace: string) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'all', namespace: inNamespace },
    spec: { rules: [{}] },
  });
  for (const name of ['istio-system', 'billing']) {
    await kubernetes.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
  }
  changes.length = 0;
  await kubernetes.apply(policyIn('istio-system'));
  await until(async () => changes.includes(undefined));
  changes.length = 0;
  await kubernetes.apply(policyIn('billing'));
  await until(async () => changes.includes('billing'));
  expect(changes).not.toContain(undefined);
  const { apiVersion, kind } = policyIn('');
  const inRoot = { apiVersion, kind, namespace: 'istio-system' };
  expect(names(await cluster.list(inRoot))).toEqual(['all']);
});

it('tells of a rule of another namespace whom it reaches, before and after', async () => {
  const { kubernetes, changes, cluster } = await watch();
  const rule = (host: string) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'one', namespace: 'theirs' },
    spec: {
      hosts: ['db.test'],
      tcp: [{ match: [{ port: 1 }], route: [{ destination: { host } }] }],
    },
  });
  changes.length = 0;
  await kubernetes.apply(rule('one.orders.svc'));
  await until(async () => changes.includes('orders'));
  const { apiVersion, kind } = rule('');
  const all = await cluster.list({ apiVersion, kind });
  expect(all).toMatchObject({
    value: [{ spec: { tcp: [{ route: [{}] }] } }],
  });
  changes.length = 0;
  await kubernetes.apply(rule('two.theirs.svc'));
  await until(async () => changes.includes('orders'));
  changes.length = 0;
  await kubernetes.delete({ ...rule(''), ...rule('').metadata });
  await until(async () => changes.includes('theirs'));
  expect(changes).not.toContain('orders');
});

it('tells one state of an object from another, without asking, where it follows it', async () => {
  const { kubernetes, cluster } = await watch();
  const one = { ...SERVICES, namespace: 'orders', name: 'one' };
  const before = cluster.versionOf(one);
  expect(before).toEqual(expect.any(String));
  expect(cluster.versionOf(one)).toBe(before);
  await kubernetes.as('kubectl', { force: true }).apply({
    ...service('orders', 'one'),
    spec: { publishNotReadyAddresses: true },
  });
  await settled();
  const after = cluster.versionOf(one);
  expect([undefined, 'absent', before]).not.toContain(after);
  await kubernetes.delete(one);
  await settled();
  expect(cluster.versionOf(one)).toBe('absent');
  const unknown = [
    { ...SERVICES, namespace: 'theirs', name: 'two' },
    { apiVersion: 'v1', kind: 'Namespace', name: 'theirs' },
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'orders', name: 'one' },
  ];
  expect(unknown.map(ref => cluster.versionOf(ref))).toEqual(
    unknown.map(() => undefined),
  );
});

it('does not take for absent what has only lost the label that it is followed by', async () => {
  const { kubernetes, cluster } = await watch();
  const account = (labels: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'orders', namespace: 'orders', labels },
  });
  const ref = { ...account({}), namespace: 'orders', name: 'orders' };
  await kubernetes.apply(
    account({ 'app.kubernetes.io/managed-by': 'ringfence' }),
  );
  await until(async () => cluster.versionOf(ref) !== undefined);
  await kubernetes
    .as('kubectl', { force: true })
    .apply(account({ 'app.kubernetes.io/managed-by': 'them' }));
  await until(async () => cluster.versionOf(ref) === undefined);
  await kubernetes.delete(ref);
  await settled();
  expect(cluster.versionOf(ref)).toBeUndefined();
});

it('goes by the generation where there is one: a status is no other state', async () => {
  const { kubernetes, cluster } = await watch();
  const certificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'orders', namespace: 'orders' },
  };
  const ref = { ...certificate, ...certificate.metadata };
  const issuerRef = { name: 'orders-ca' };
  const spec = { secretName: 'orders-tls', issuerRef, dnsNames: ['a.test'] };
  const version = async () => {
    await settled();
    return cluster.versionOf(ref);
  };
  const object = await kubernetes.apply({ ...certificate, spec });
  const first = await version();
  expect(first).toEqual(expect.any(String));
  const status = { revision: 1 };
  await kubernetes.updateStatus({ ...object, status });
  expect(await version()).toBe(first);
  expect(await cluster.get(ref)).toMatchObject({ value: { status } });
  await kubernetes.apply({
    ...certificate,
    spec: { ...spec, dnsNames: ['b.test'] },
  });
  expect([first, 'absent', undefined]).not.toContain(await version());
});

it('takes nothing for absent before it has seen what there is', async () => {
  let isBroken = true;
  const { cluster } = await watch(
    changedBy(it => ({
      watch: (selector, options) => {
        if (isBroken && selector.kind === 'Service') {
          throw new ServiceUnavailableError('the list broke off');
        }
        return it.watch(selector, options);
      },
    })),
  );
  const orders = { ...SERVICES, namespace: 'orders' };
  expect(await cluster.list(orders)).toMatchObject({
    known: false,
    why: expect.stringContaining('the list broke off'),
  });
  expect(cluster.versionOf({ ...orders, name: 'one' })).toBeUndefined();
  isBroken = false;
  await until(async () => names(await cluster.list(orders)) !== false);
  expect(names(await cluster.list(orders))).toEqual(['one']);
});
