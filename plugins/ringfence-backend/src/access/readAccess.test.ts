import { X509Certificate } from 'node:crypto';
import { accessSchema } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { fakeCluster, secretObject } from '../observing/__testUtils__/cluster';
import {
  databaseObjects,
  gatewayObject,
  storedDatabase,
} from './__testUtils__/database';
import { readAccess } from './readAccess';
import { readCredentials } from './readCredentials';

let ca: MintedCa;
beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
});

function read(
  changes: Parameters<typeof storedDatabase>[0] = {},
  replaced: KubernetesObject[] = [],
) {
  return readAccess(storedDatabase(changes), cluster(replaced));
}

/** The database's objects, some of them replaced by others of the same kind and name. */
function cluster(replaced: KubernetesObject[]) {
  const isSame = (a: KubernetesObject, b: KubernetesObject) =>
    a.kind === b.kind && a.metadata.name === b.metadata.name;
  const others = databaseObjects(ca.certPem).filter(
    object => !replaced.some(other => isSame(object, other)),
  );
  return fakeCluster({ objects: [...others, ...replaced] });
}

it('reads addresses, name, CA and role, from outside first', async () => {
  const access = await read();
  const { fingerprint256 } = new X509Certificate(ca.certPem);
  expect(access.connection).toEqual({
    apiVersion: 'ringfence.dev/v1',
    kind: 'Connection',
    database: {
      name: 'orders',
      kubernetesCluster: 'eu-1',
      namespace: 'orders',
      blueprint: 'scylladb-ambient',
    },
    protocol: 'cql',
    tls: {
      serverName: 'orders.example.com',
      caFile: 'ca.crt',
      caSha256: [fingerprint256],
      minVersion: 'TLSv1.2',
    },
    endpoints: [
      { scope: 'external', host: '203.0.113.11', port: 9041 },
      { scope: 'external', host: '203.0.113.11', port: 9042 },
      {
        scope: 'in-cluster',
        host: 'orders-gateway-istio.orders.svc.cluster.local',
        port: 9041,
      },
      {
        scope: 'in-cluster',
        host: 'orders-gateway-istio.orders.svc.cluster.local',
        port: 9042,
      },
    ],
    cql: {
      datacenter: 'datacenter1',
      nodeSubnets: ['10.244.0.0/16', '10.245.0.0/16'],
    },
    role: 'orders_app',
  });
  expect(access.ca.certificates).toEqual([
    {
      subject: 'CN=orders CA',
      sha256: fingerprint256,
      notAfter: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);
});

it('is what the schema of accesses says', async () => {
  const access = await read();
  expect(accessSchema.parse(access)).toEqual(access);
});

it('tells a stable host name rather than the address', async () => {
  const { connection } = await read({ hostname: 'orders.example.com' });
  expect(connection.endpoints[0]).toEqual({
    scope: 'external',
    host: 'orders.example.com',
    port: 9041,
  });
});

it('holds no secret, in no form', async () => {
  const text = JSON.stringify(await read());
  for (const secret of ['app-password', 'root-password', 'PRIVATE KEY']) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
});

it('says what is imitated', async () => {
  const database = { ...storedDatabase(), simulated: 'pods are imitated' };
  const access = await readAccess(database, cluster([]));
  expect(access.connection.simulated).toBe('pods are imitated');
});

it('has one line to copy that connects with the downloaded file', async () => {
  const { command, bundle } = await read();
  expect(bundle.fileName).toBe('eu-1-orders-bundle.zip');
  expect(command).toBe('npx @ringfence/connect up eu-1-orders-bundle.zip');
});

it('takes only certificates out of ca.crt', async () => {
  const caPem = `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${ca.certPem}`;
  const secret = secretObject('orders-tls', {
    'tls.crt': 'x',
    'ca.crt': caPem,
  });
  const { pem } = (await read({}, [secret])).ca;
  expect(pem).not.toContain('PRIVATE');
  expect(new X509Certificate(pem).fingerprint256).toBe(
    new X509Certificate(ca.certPem).fingerprint256,
  );
});

it('trusts both CAs while one takes over from the other', async () => {
  const next = await mintCa({ name: 'orders CA' });
  const secret = secretObject('orders-tls', {
    'tls.crt': 'x',
    'ca.crt': `${ca.certPem}${next.certPem}`,
  });
  const access = await read({}, [secret]);
  const both = [ca, next].map(
    ({ certPem }) => new X509Certificate(certPem).fingerprint256,
  );
  expect(access.connection.tls.caSha256).toEqual(both);
  expect(access.ca.certificates.map(({ sha256 }) => sha256)).toEqual(both);
  expect(access.ca.pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
});

it.each<
  [string, Parameters<typeof storedDatabase>[0], KubernetesObject[], string]
>([
  [
    'has no address yet',
    {},
    [gatewayObject()],
    'Gateway "orders/orders-gateway" in Kubernetes cluster "eu-1" has no address yet. Look at: kubectl describe',
  ],
  [
    'is not exposed',
    {
      exposure: 'none',
      inClusterHost: 'orders-cql.orders.svc.cluster.local',
    },
    [],
    'its spec says access.exposure: none. There is no bundle for it, since neither gateway nor certificate exist. The workloads that access.clients names connect to orders-cql.orders.svc.cluster.local:9042 without TLS of their own, datacenter "datacenter1": both ends must be in the mesh',
  ],
  [
    'has no certificate yet',
    {},
    [secretObject('orders-tls', {})],
    'Secret "orders/orders-tls" in Kubernetes cluster "eu-1" holds no certificate yet. Look at: kubectl describe certificate orders -n orders',
  ],
  [
    'has an issuer without a CA',
    {},
    [secretObject('orders-tls', { 'tls.crt': 'x' })],
    'has no ca.crt, and no public root signed its certificate',
  ],
  [
    'has no application role yet',
    {},
    [secretObject('orders-app', {})],
    'Secret "orders/orders-app" in Kubernetes cluster "eu-1" has no key "username".',
  ],
])(
  'says what is missing of a database that %s',
  async (_name, changes, replaced, message) => {
    await expect(read(changes, replaced)).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining(message),
    });
  },
);

it("reads the application role's login and no other", async () => {
  const asked: string[] = [];
  const kubernetes = cluster([]);
  const get = kubernetes.get.bind(kubernetes);
  kubernetes.get = ref => {
    asked.push(ref.name);
    return get(ref);
  };
  const credentials = await readCredentials(storedDatabase(), kubernetes);
  expect(credentials.username).toBe('orders_app');
  expect(credentials.password.reveal()).toBe('app-password');
  expect(asked).toEqual(['orders-app']);
  expect(JSON.stringify(credentials)).toBe(
    '{"username":"orders_app","password":"[redacted]"}',
  );
});

it('says so where the application role was never made', async () => {
  const kubernetes = fakeCluster({ objects: [] });
  await expect(readCredentials(storedDatabase(), kubernetes)).rejects.toThrow(
    'Secret "orders/orders-app" in Kubernetes cluster "eu-1" is not there.',
  );
});
