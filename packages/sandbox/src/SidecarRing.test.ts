import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import { cassandraHere } from '@ringfence/data-plane/testUtils';
import { Client } from 'cassandra-driver';
import { createSandbox, type Sandbox } from './Sandbox';
import { objectOnce } from './testing';

jest.setTimeout(240_000);

const namespace = 'orders';
const labels = { app: 'orders' };
const REPLICAS = 2;
const COUNTED_EVERY_MS = 200;
/** Of this machine, and of nobody in the sandbox. */
const OUTSIDE = '127.254.254.9';

// In CI it must run; elsewhere it is reported as skipped where Cassandra is missing.
const onCassandra =
  process.env.CI || cassandraHere().available ? describe : describe.skip;

const settings = `authenticator:
  class_name: PasswordAuthenticator
authorizer: CassandraAuthorizer
`;

const manifests: Manifest[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'istio-injection': 'enabled' } },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'orders-settings', namespace },
    data: { 'cassandra.yaml': settings },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'orders', namespace },
    spec: {
      clusterIP: 'None',
      selector: labels,
      ports: [
        { name: 'tcp-client', port: 9042 },
        { name: 'tcp-intra-node', port: 7000 },
      ],
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'orders', namespace },
    spec: {
      replicas: REPLICAS,
      serviceName: 'orders',
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'orders',
          containers: [
            {
              name: 'cassandra',
              image: 'docker.io/library/cassandra:4.1.10',
              env: [
                { name: 'CASSANDRA_CLUSTER_NAME', value: 'orders' },
                { name: 'CASSANDRA_DC', value: 'berlin' },
              ],
            },
          ],
          volumes: [{ name: 's', configMap: { name: 'orders-settings' } }],
        },
      },
    },
  },
];

async function addressOf(sandbox: Sandbox, pod: string): Promise<string> {
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: pod };
  const found = await sandbox.kubernetes.get(ref);
  return found!.status.podIP;
}

/** Lines of connections that a pod's sidecar has counted, once there is one of the kind. */
async function counted(
  sandbox: Sandbox,
  pod: string,
  kind: RegExp,
): Promise<string[]> {
  const url = `http://${await addressOf(sandbox, pod)}:15020/stats/prometheus`;
  const signal = AbortSignal.timeout(30_000);
  while (!signal.aborted) {
    const lines = (await (await fetch(url)).text())
      .split('\n')
      .filter(line => line.startsWith('istio_tcp_connections_opened_total{'));
    if (lines.some(line => kind.test(line))) return lines;
    await delay(COUNTED_EVERY_MS);
  }
  throw new Error(`The sidecar of "${pod}" counted nothing like ${kind}`);
}

onCassandra("Cassandra's own manifests in a sandbox, with sidecars", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await createSandbox();
    const kubernetes = sandbox.as('ringfence');
    for (const manifest of manifests) await kubernetes.apply(manifest);
    await objectOnce(
      kubernetes,
      { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name: 'orders' },
      it => it.status?.readyReplicas === REPLICAS,
      180_000,
    );
  });
  afterAll(() => sandbox?.stop());

  it('start a new Cassandra: the public login, one copy of the logins, the datacenter that they name', async () => {
    const client = new Client({
      contactPoints: [await addressOf(sandbox, 'orders-0')],
      localDataCenter: 'berlin',
      credentials: { username: 'cassandra', password: 'cassandra' },
    });
    const { rows } = await client.execute(
      "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'system_auth'",
    );
    await client.shutdown();
    expect(rows[0].get('replication')).toMatchObject({
      replication_factor: '1',
    });
  });

  it('say which version runs in place of the one that is asked for', async () => {
    const home = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    const { metadata } = (await sandbox.kubernetes.get(home))!;
    expect(metadata.annotations?.['ringfence.dev/simulated']).toMatch(
      /the Cassandra ring \(5\.\d+\.\d+, standing in for 4\.1\.10\) are real/,
    );
  });

  it('have the connections between their nodes counted under mutual TLS', async () => {
    const lines = await counted(sandbox, 'orders-0', /reporter="destination"/);
    const [arrived] = lines.filter(it => /reporter="destination"/.test(it));
    expect(arrived).toMatch(/source_workload="orders"/);
    expect(arrived).toMatch(/destination_service="orders\.orders\.svc/);
    expect(arrived).toMatch(/connection_security_policy="mutual_tls"/);
  });

  it('have a client that comes in plaintext counted as one', async () => {
    const socket = connect({
      host: await addressOf(sandbox, 'orders-1'),
      port: 9042,
      localAddress: OUTSIDE,
    });
    await once(socket, 'connect');
    const lines = await counted(sandbox, 'orders-1', /policy="none"/);
    socket.destroy();
    const [plain] = lines.filter(it => /policy="none"/.test(it));
    expect(plain).toMatch(/source_workload="unknown"/);
  });
});
