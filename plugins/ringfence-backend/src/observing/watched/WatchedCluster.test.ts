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

async function watch() {
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
  const cluster = new WatchedCluster(kubernetes, {
    clock: () => new Date(),
    onChange: name => changes.push(name),
    timing: { heartbeatMs: 20, patienceMs: 100, firstDelayMs: 10 },
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
