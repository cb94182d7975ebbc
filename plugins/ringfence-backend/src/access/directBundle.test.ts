import { Secret } from '@ringfence/backstage-plugin-ringfence-node';
import { connectionSchema } from '@ringfence/connection';
import { mintCa } from '@ringfence/connection/testUtils';
import { strFromU8, unzipSync } from 'fflate';
import { cassandraKeystores } from '../blueprints';
import { exampleSpec } from '../blueprints/cassandra-keystores/__fixtures__/spec';
import type { StoredDatabase } from '../databases/Databases';
import { fakeCluster, secretObject } from '../observing/__testUtils__/cluster';
import { makeBundle } from './bundle';
import { readAccess } from './readAccess';

const SERVICE = 'orders-orders-service.orders.svc.cluster.local';

async function bundleOf(access: Record<string, unknown> = {}) {
  const ca = await mintCa({ name: 'orders CA' });
  const { certPem, keyPem } = await ca.issue({
    commonName: 'checkout',
    usage: 'client',
  });
  const database: StoredDatabase = {
    ref: { kubernetesCluster: 'eu-1', namespace: 'orders' },
    blueprint: cassandraKeystores,
    state: 'ready',
    spec: exampleSpec({ access }),
  };
  const kubernetes = fakeCluster({
    objects: [
      secretObject('orders-tls', {
        'tls.crt': certPem,
        'ca.crt': ca.certPem,
      }),
      secretObject('orders-app', { username: 'orders_app', password: 'x' }),
    ],
  });
  const files = unzipSync(
    await makeBundle(await readAccess(database, kubernetes), {
      certificatePem: certPem,
      keyPem: new Secret(keyPem),
      team: 'checkout',
      notAfter: new Date('2030-01-01T00:00:00Z'),
    }),
  );
  const text = (path: string) => strFromU8(files[path]);
  const connection = connectionSchema.parse(
    JSON.parse(text('connection.json')),
  );
  return { files, text, connection };
}

let bundle: Awaited<ReturnType<typeof bundleOf>>;
beforeAll(async () => {
  bundle = await bundleOf();
});

it('leads to the Service of the nodes, inside the Kubernetes cluster', () => {
  expect(bundle.connection.endpoints).toEqual([
    { scope: 'in-cluster', host: SERVICE, port: 9042 },
  ]);
  expect(bundle.connection.tls.serverName).toBe(SERVICE);
  expect(bundle.connection.cql?.datacenter).toBe('orders');
});

it('leads from outside to the name that somebody has made for it', async () => {
  const { connection } = await bundleOf({ hostname: 'orders.example.com' });
  expect(connection.endpoints).toEqual([
    { scope: 'external', host: 'orders.example.com', port: 9042 },
    { scope: 'in-cluster', host: SERVICE, port: 9042 },
  ]);
});

it.each([
  ['cqlsh/cqlshrc', `hostname = ${SERVICE}`],
  ['cqlsh/cqlshrc', 'certfile = ca.crt'],
  ['cqlsh/cqlshrc', 'validate = true'],
  ['cqlsh/cqlshrc', 'usercert = client.crt'],
  ['cqlsh/cqlshrc', 'userkey = client.key'],
  ['java/src/main/resources/application.conf', '"/client.p12"'],
  ['java/src/main/resources/application.conf', SERVICE],
  ['java-scylla/src/main/resources/application.conf', '"/client.p12"'],
  ['python/example.py', '"client.key"'],
  ['python-scylla/example.py', '"client.key"'],
  ['node/example.js', '"client.key"'],
  ['go/main.go', '"client.key"'],
  ['rust/src/main.rs', '"client.key"'],
  ['dotnet/Program.cs', '"client.p12"'],
  ['haproxy/haproxy.cfg', ' crt client.crt'],
  ['stunnel/stunnel.conf', 'key = client.key'],
  ['envoy/envoy.yaml', 'filename: client.key'],
])('says in %s: %s', (path, words) => {
  expect(bundle.text(path)).toContain(words);
});

it('tells nobody of a gateway, where there is none', () => {
  for (const path of Object.keys(bundle.files)) {
    expect({ path, text: bundle.text(path) }).not.toMatchObject({
      text: expect.stringMatching(/gateway/i),
    });
  }
});

it('names its secrets in its README', () => {
  expect(bundle.text('README.md')).toContain(
    'These files are secret: `client.key`, `client.p12`.',
  );
});
