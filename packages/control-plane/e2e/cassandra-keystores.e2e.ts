import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { mintCa } from '@ringfence/connection/testUtils';
import { until, type Cluster } from '../src';
import { startClusterForAccount } from '../src/account';
import { all, CaRotation, firstObject, options } from './support/caRotation';
import { listStore } from './support/keystores/keytool';
import { rotateUnderLoad } from './support/keystores/rotateUnderLoad';
import { StoredRing, type Identity } from './support/keystores/StoredRing';
import { describeWhoGetsIn, query } from './support/keystores/whoGetsIn';
import { createProvisioner, endOf, provision } from './support/provisioning';

jest.setTimeout(900_000);

const SPEC = {
  blueprint: 'cassandra-keystores',
  kubernetesCluster: 'control-plane',
  name: 'orders',
  namespace: 'orders',
  owner: 'group:default/payments',
} as const;
const REF = {
  kubernetesCluster: SPEC.kubernetesCluster,
  namespace: SPEC.namespace,
};
const QUERIES = 10_000;
const WITHIN_MS = 60_000;
const DN_WITHIN_MS = 30_000;

let cluster: Cluster;
let provisioner: ReturnType<typeof createProvisioner>;
let rotation: CaRotation;
let ring: StoredRing;
let client: Required<Identity>;
let created: ProvisioningEvent[];
let directory: string;

/** The roll of the nodes is under way. */
const rolling = (event: ProvisioningEvent) =>
  event.type === 'waiting' && /Updating|pods are/.test(event.why);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ringfence-keystores-'));
  cluster = await startClusterForAccount({ log: () => {} });
  provisioner = createProvisioner(cluster.kubernetes);
  rotation = new CaRotation(cluster, provisioner, REF);
  ring = new StoredRing(cluster, SPEC);
  created = await provision(provisioner, SPEC);
  if (endOf(created) !== 'done') throw new Error(endOf(created));
  client = await ring.issue('payments', 'orders-ca');
});

afterAll(async () => {
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a ring of three that cass-operator is asked for', () => {
  it('is up, under the names that cass-operator gives', async () => {
    const status = await ring.nodetool(0, 'status');
    expect(status.match(/^UN /gm)).toHaveLength(3);
    const { items } = await ring.read('services');
    expect(items.map(({ metadata }: any) => metadata.name)).toEqual(
      expect.arrayContaining([
        'orders-orders-service',
        'orders-orders-all-pods-service',
        'orders-seed-service',
      ]),
    );
    const { status: datacenter } = await ring.read('cassdc', 'orders');
    expect(datacenter.cassandraOperatorProgress).toBe('Ready');
  });

  it('changes nothing when it is asked for again', async () => {
    const again = await provision(provisioner, SPEC);
    const changes = again.flatMap(event =>
      event.type === 'object' ? [event.change] : [],
    );
    expect(endOf(again)).toBe('done');
    expect(new Set(changes)).toEqual(new Set(['unchanged']));
  });

  it('has no password of a store in what it asks the operator for', async () => {
    const { password } = await ring.secret('orders-keystore-password');
    const datacenter = await ring.read('cassdc', 'orders');
    expect(JSON.stringify(datacenter)).not.toContain(password.toString());
  });
});

describe('the keystores that cert-manager issued', () => {
  it.each<[string, 'JKS' | 'PKCS12', string]>([
    ['keystore.jks', 'JKS', 'PrivateKeyEntry'],
    ['keystore.p12', 'PKCS12', 'PrivateKeyEntry'],
    ['truststore.jks', 'JKS', 'trustedCertEntry'],
  ])('are opened by keytool: %s', async (key, type, entry) => {
    const listed = await listStore(ring, directory, {
      secret: 'orders-tls',
      key,
      type,
      password: ['orders-keystore-password', 'password'],
    });
    expect(listed).toContain(entry);
  });
});

describeWhoGetsIn(() => ({ ring, client }));

describe('a CA that is brought', () => {
  const own = {
    ...SPEC,
    name: 'billing',
    namespace: 'billing',
    replicas: 1,
    tls: { client: { issuer: { kind: 'bring-your-own', secret: 'own-ca' } } },
  };

  const bring = async (certPem: string, keyPem: string) => {
    const files = { certPem, keyPem };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(directory, name), text);
    }
    const secret = ['secret', 'tls', 'own-ca', '-n', own.namespace];
    const manifest = await cluster.kubectl([
      ...['create', ...secret, '--dry-run=client', '-o', 'yaml'],
      `--cert=${join(directory, 'certPem')}`,
      `--key=${join(directory, 'keyPem')}`,
    ]);
    await cluster.kubectl(['apply', '-f', '-'], manifest);
  };

  it('is refused where it is none, before anything is applied', async () => {
    const ca = await mintCa({ name: 'our CA' });
    const leaf = await ca.issue({ commonName: 'no CA' });
    const running = provision(provisioner, own);
    await until('the namespace', WITHIN_MS, () =>
      cluster
        .kubectl(['get', 'namespace', own.namespace])
        .then(() => true)
        .catch(() => false),
    );
    await bring(leaf.certPem, leaf.keyPem);
    expect(endOf(await running)).toContain('NotAnAuthority');
    const kinds = 'cassdc,statefulset,certificates.cert-manager.io,issuers';
    const found = await new StoredRing(cluster, own).read(kinds);
    expect(found.items).toEqual([]);
  });

  it('signs for clients and nodes once it is one', async () => {
    const ca = await mintCa({ name: 'our CA' });
    await bring(ca.certPem, ca.keyPem);
    expect(endOf(await provision(provisioner, own))).toBe('done');
    const billing = new StoredRing(cluster, own);
    const shown = await ca.issue({ commonName: 'payments', usage: 'client' });
    const identity = {
      caPem: ca.certPem,
      certificatePem: shown.certPem,
      keyPem: shown.keyPem,
    };
    expect(Object.values(await billing.servedBy(identity))).toEqual(['our CA']);
    const refused = await all(
      provisioner.decommission(
        { kubernetesCluster: own.kubernetesCluster, namespace: own.namespace },
        { confirm: own.name, deleteVolumes: true },
        options(),
      ),
    );
    expect(endOf(refused)).toBe('done');
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

describe('the rotation of its CAs', () => {
  it('does not begin while a node is down', async () => {
    const pod = `${REF.namespace}/${ring.pod(2)}`;
    await cluster.killNode(pod);
    await until('the others see it down', DN_WITHIN_MS, async () =>
      /^DN /m.test(await ring.nodetool(0, 'status')),
    );
    expect(endOf(await rotation.take('trust'))).toMatch(
      /^failed: The ring of database "orders"/,
    );
    await cluster.startNode(pod);
    await until('all are up', WITHIN_MS, async () => {
      const status = await ring.nodetool(0, 'status');
      return status.match(/^UN /gm)?.length === 3;
    });
  });

  it(`fails none of ${QUERIES} queries, stopped at each step and taken up again`, async () => {
    const at = { trust: rolling, issue: rolling, drop: firstObject };
    const rotated = await rotateUnderLoad({
      ring,
      client,
      part: 'cassandra-keystores',
      queries: QUERIES,
      take: step => rotation.takeInterrupted(step, at[step]),
    });
    expect(rotated.signers).toEqual({
      trust: ['orders CA'],
      issue: ['orders CA 2'],
    });
    expect(rotated.load.failed).toEqual([]);
    expect(rotated.load.succeeded).toBeGreaterThan(QUERIES);
    client = rotated.client;
  });

  it('shuts out who shows a certificate of the former CA, and leaves nothing of it', async () => {
    expect(await query(ring, client)).toBe(1);
    const { items } = await ring.read('secrets');
    const names = items.map(({ metadata }: any) => metadata.name);
    expect(names).toEqual(
      expect.arrayContaining(['orders-ca-2', 'orders-internode-ca-2']),
    );
    expect(names).not.toContain('orders-ca');
    expect(names).not.toContain('orders-internode-ca');
  });

  it('is nothing that provisioning again would undo', async () => {
    const again = await provision(provisioner, SPEC);
    expect(endOf(again)).toBe('done');
    const changed = again.filter(
      event => event.type === 'object' && event.change !== 'unchanged',
    );
    expect(changed).toEqual([]);
  });
});
