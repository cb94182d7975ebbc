import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type { Cluster } from '../src';
import { ACCOUNT, startClusterForAccount } from '../src/account';
import { AuditLog, describeEvent } from './support/auditLog';
import { all, CaRotation, options } from './support/caRotation';
import { readConnection, unpackBundle } from './support/clients/world';
import { describeRecordedMistakes } from './support/k8ssandra/mistakes';
import { describeReport } from './support/k8ssandra/report';
import { listStore } from './support/keystores/keytool';
import { rotateUnderLoad } from './support/keystores/rotateUnderLoad';
import { StoredRing, type Identity } from './support/keystores/StoredRing';
import { describeWhoGetsIn, query } from './support/keystores/whoGetsIn';
import {
  createProvisioner,
  endOf,
  provision,
  startPlugin,
  type TestPlugin,
} from './support/provisioning';
import { neverAllowed } from './support/rights';
import { Wire } from './support/wire';

jest.setTimeout(600_000);

const SPEC = {
  blueprint: 'k8ssandra',
  kubernetesCluster: 'control-plane',
  name: 'orders',
  namespace: 'orders',
  owner: 'group:default/payments',
} as const;
const REF = {
  kubernetesCluster: SPEC.kubernetesCluster,
  namespace: SPEC.namespace,
};
const QUERIES = 3_000;
const PASSWORD = ['orders-keystore-password', 'password'] as const;

let directory: string;
let audit: AuditLog;
let cluster: Cluster;
let plugin: TestPlugin;
let provisioner: ReturnType<typeof createProvisioner>;
let wire: Wire;
let ring: StoredRing;
let client: Required<Identity>;
let created: ProvisioningEvent[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-k8ssandra-'));
  audit = await AuditLog.create(join(directory, 'audit'), ACCOUNT);
  cluster = await startClusterForAccount({
    log: () => {},
    apiServerArgs: audit.apiServerArgs,
  });
  wire = new Wire();
  provisioner = createProvisioner(cluster.kubernetes);
  ring = new StoredRing(cluster, {
    ...SPEC,
    datacenter: 'dc1',
    nodetool: ['env', 'JVM_OPTS=@/mnt/nodetool/nodetool.options', 'nodetool'],
  });
  created = await provision(provisioner, SPEC);
  if (endOf(created) !== 'done') throw new Error(endOf(created));
  client = await ring.issue('payments', 'orders-ca');
  plugin = await startPlugin(cluster);
});

afterAll(async () => {
  await plugin?.stop();
  wire?.stop();
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a ring of three that k8ssandra-operator is asked for', () => {
  it('is accepted with strict validation and without a warning', () => {
    const written = wire.of('ringfence').filter(({ status }) => status < 300);
    const lax = written.filter(
      ({ path, query: asked }) =>
        !path.endsWith('/status') && asked.get('fieldValidation') !== 'Strict',
    );
    expect(lax).toEqual([]);
    expect(written.filter(({ warnings }) => warnings.length > 0)).toEqual([]);
    expect(written.map(({ path }) => path)).toContain(
      '/apis/k8ssandra.io/v1alpha1/namespaces/orders/k8ssandraclusters/orders',
    );
  });

  it('is up, under the names that the operators give', async () => {
    const status = await ring.nodetool(0, 'status');
    expect(status.match(/^UN /gm)).toHaveLength(3);
    const { items } = await ring.read('services');
    expect(items.map(({ metadata }: any) => metadata.name)).toEqual(
      expect.arrayContaining([
        'orders-dc1-service',
        'orders-dc1-all-pods-service',
        'orders-dc1-additional-seed-service',
        'orders-dc1-contact-points-service',
        'orders-seed-service',
      ]),
    );
    const { status: found } = await ring.read('k8ssandracluster', 'orders');
    expect(found.error).toBe('None');
    expect(found.conditions).toMatchObject([
      { type: 'CassandraInitialized', status: 'True' },
    ]);
    expect(found.datacenters.dc1.cassandra.cassandraOperatorProgress).toBe(
      'Ready',
    );
  });

  it('changes nothing when it is asked for again', async () => {
    const again = await provision(provisioner, SPEC);
    const changes = again.flatMap(event =>
      event.type === 'object' ? [event.change] : [],
    );
    expect(endOf(again)).toBe('done');
    expect(new Set(changes)).toEqual(new Set(['unchanged']));
  });

  it('has no password of a store in what it asks the operator for, which writes it where it should not', async () => {
    const { password } = await ring.secret(PASSWORD[0]);
    const asked = await ring.read('k8ssandracluster', 'orders');
    const made = await ring.read('cassdc', 'dc1');
    expect(JSON.stringify(asked)).not.toContain(password.toString());
    expect(JSON.stringify(made)).toContain(password.toString());
  });
});

describe('the stores that cert-manager issued', () => {
  it.each([
    ['orders-tls', 'keystore.jks', 'PrivateKeyEntry'],
    ['orders-tls', 'truststore.jks', 'trustedCertEntry'],
    ['orders-internode-tls', 'keystore.jks', 'PrivateKeyEntry'],
    ['orders-internode-tls', 'truststore.jks', 'trustedCertEntry'],
  ])('are opened by keytool: %s, %s', async (secret, key, entry) => {
    const file = { secret, key, type: 'JKS', password: PASSWORD } as const;
    expect(await listStore(ring, directory, file)).toContain(entry);
  });
});

describeWhoGetsIn(() => ({ ring, client }));

describe('nodetool', () => {
  it('is refused where it shows no certificate: JMX is encrypted with clients', async () => {
    await expect(ring.exec(0, 'nodetool', 'status')).rejects.toThrow(
      /Failed to connect/,
    );
  });
});

describeRecordedMistakes(() => cluster);

describe('the bundle', () => {
  it('logs in, with the certificate of a team', async () => {
    const database = `${plugin.url}/databases/${REF.kubernetesCluster}/${REF.namespace}`;
    const issued = await fetch(`${database}/client-certificates`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ team: 'checkout' }),
    });
    expect(issued.status).toBe(200);
    const folder = join(directory, 'bundle');
    const get = async (path: string) =>
      new Uint8Array(await (await fetch(`${database}/${path}`)).arrayBuffer());
    await unpackBundle({ get }, folder, 'bundle?clientCertificate=checkout');
    const [caPem, certificatePem, keyPem] = await Promise.all(
      ['ca.crt', 'client.crt', 'client.key'].map(file =>
        readFile(join(folder, file), 'utf8'),
      ),
    );
    expect(await query(ring, { caPem, certificatePem, keyPem })).toBe(1);
    expect(JSON.stringify(await readConnection(folder))).toContain(
      ring.serverName,
    );
    // Who has none of the next CA would keep a rotation from its last step.
    const revoked = await fetch(`${database}/client-certificates/checkout`, {
      method: 'DELETE',
    });
    expect(revoked.ok).toBe(true);
  });
});

describe('a leaf that is renewed', () => {
  it('is served by every node without a restart', async () => {
    const started = async () => {
      const { items } = await ring.read('pods');
      return items.map(({ metadata }: any) => metadata.uid).sort();
    };
    const [pods, [before, ...others]] = [
      await started(),
      await ring.servedSerials(client),
    ];
    expect(others).toEqual([]);
    const renewed = await all(
      provisioner.renew(REF, { certificate: 'orders-tls' }, options()),
    );
    expect(endOf(renewed)).toBe('done');
    const after = await ring.servedSerials(client);
    expect(after).toHaveLength(1);
    expect(after).not.toContain(before);
    expect(await started()).toEqual(pods);
  });
});

describeReport(() => ({ cluster, ring, plugin, provisioner, directory }));

describe('the rotation of its CAs', () => {
  it(`fails none of ${QUERIES} queries while the operators restart the nodes`, async () => {
    const rotation = new CaRotation(cluster, provisioner, REF);
    const rotated = await rotateUnderLoad({
      ring,
      client,
      part: 'k8ssandra',
      queries: QUERIES,
      take: async step => {
        const end = endOf(await rotation.take(step));
        if (end !== 'done') throw new Error(`Step "${step}": ${end}`);
      },
    });
    expect(rotated.signers).toEqual({
      trust: ['orders CA'],
      issue: ['orders CA 2'],
    });
    expect(rotated.load.failed).toEqual([]);
    expect(rotated.load.succeeded).toBeGreaterThan(QUERIES);
    client = rotated.client;
  });

  it('leaves nothing of the former CAs, and nothing that provisioning again would undo', async () => {
    expect(await query(ring, client)).toBe(1);
    const { items } = await ring.read('secrets');
    const names = items.map(({ metadata }: any) => metadata.name);
    expect(names).toEqual(
      expect.arrayContaining(['orders-ca-2', 'orders-internode-ca-2']),
    );
    expect(names).not.toContain('orders-ca');
    expect(names).not.toContain('orders-internode-ca');
    const again = await provision(provisioner, SPEC);
    expect(endOf(again)).toBe('done');
    const changed = again.filter(
      event => event.type === 'object' && event.change !== 'unchanged',
    );
    expect(changed).toEqual([]);
  });
});

describe("the portal's account", () => {
  it('has the rights that a ring of K8ssandra needs', async () => {
    const events = (await audit.events()).filter(
      ({ objectRef }) => objectRef?.apiGroup === 'k8ssandra.io',
    );
    // Asked for all at once where that is allowed, else namespace by namespace.
    const refused = neverAllowed(events).filter(
      ({ objectRef }) => objectRef?.namespace !== undefined,
    );
    expect(refused.map(describeEvent)).toEqual([]);
    const verbs = new Set(events.map(({ verb }) => verb));
    expect([...verbs]).toEqual(
      expect.arrayContaining(['get', 'list', 'patch', 'watch']),
    );
  });
});
