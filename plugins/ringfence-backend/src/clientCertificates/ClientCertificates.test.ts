import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { mockServices } from '@backstage/backend-test-utils';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import type {
  DatabaseTools,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { STORE_PASSWORD } from '../access/pkcs12';
import { createBlueprintRegistry } from '../blueprints';
import { Provisioner } from '../provisioning';
import { systemClock } from '../provisioning/clock';
import { createDatabaseTools } from '../tools';
import { ClientCertificates } from './ClientCertificates';

jest.setTimeout(120_000);

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const REQUEST = { team: 'checkout' };
const HOUR_MS = 3_600_000;

let sandbox: Sandbox;
let certificates: ClientCertificates;
let tools: DatabaseTools;
let provisioner: Provisioner;
/** Added to the machine's clock. */
let laterMs = 0;

const options = () => ({
  signal: new AbortController().signal,
  actor: 'user:default/ada',
});

const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  owner: 'group:default/payments',
  ...REF,
  replicas: 1,
};

async function provision(clientCertificates: string): Promise<string[]> {
  const said: string[] = [];
  const spec = { ...SPEC, access: { clientCertificates } };
  for await (const event of provisioner.provision(spec, options())) {
    if (event.type === 'failed') throw new Error(event.message);
    said.push(JSON.stringify(event));
  }
  return said;
}

beforeAll(async () => {
  sandbox = await createSandbox({
    ring: () => ({ stub: 'for a test of client certificates' }),
  });
  const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
  const deps = {
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry(),
    createTools: createDatabaseTools,
    logger: mockServices.logger.mock(),
    clock: {
      ...systemClock,
      now: () => new Date(Date.now() + laterMs),
    },
  };
  tools = createDatabaseTools(sandbox.kubernetes, REF);
  certificates = new ClientCertificates(deps);
  provisioner = new Provisioner(deps);
  await provision('required');
});
afterAll(() => sandbox?.stop());
afterEach(async () => {
  laterMs = 0;
  for (const { team } of await certificates.list(REF)) {
    await certificates.revoke(REF, team, options());
  }
});

const objectOf = (kind: string, name: string) =>
  sandbox.kubernetes.get({
    apiVersion: kind === 'Secret' ? 'v1' : 'cert-manager.io/v1',
    kind,
    namespace: 'orders',
    name,
  });

/** What comes of a login at the gateway that shows the certificate of a Secret, or none. */
async function login(clientSecret?: string) {
  const gateway = await sandbox.kubernetes.get({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    namespace: 'orders',
    name: 'orders-gateway',
  });
  const via: Via = {
    host: gateway!.status.addresses[0].value,
    port: 9041,
    serverName: 'orders-gateway-istio.orders.svc.cluster.local',
    caSecret: 'orders-tls',
    ...(clientSecret && { clientSecret }),
  };
  return (await tools.tryLogin({ secret: 'orders-app' }, via)).outcome;
}

it('issues one that the gateway takes, with its key in a Secret, and lists it without', async () => {
  const made = await certificates.issue(REF, REQUEST, options());
  const leaf = new X509Certificate(made.certificatePem);
  expect(leaf.subject).toContain('CN=checkout');
  expect(leaf.subjectAltName).toBe(
    'URI:ringfence://orders/orders/clients/checkout',
  );
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  const { 'tls.crt': ca } = await tools.secret('orders-tls-cacert');
  expect(leaf.verify(new X509Certificate(ca.reveal()).publicKey)).toBe(true);
  expect(made.keyPem.reveal()).toContain('PRIVATE KEY');
  const pfx = Buffer.from(made.keystore());
  expect(() =>
    createSecureContext({ pfx, passphrase: STORE_PASSWORD }),
  ).not.toThrow();

  expect(await login()).toBe('unreachable');
  // The CA of the server signs no certificates of clients.
  expect(await login('orders-tls')).toBe('unreachable');
  expect(await login('orders-client-checkout')).toBe('accepted');

  const listed = await certificates.list(REF);
  expect(listed).toEqual([
    {
      team: 'checkout',
      secret: 'orders-client-checkout',
      issuedBy: 'user:default/ada',
      issuedAt: expect.any(String),
      notAfter: expect.any(String),
    },
  ]);
  const days = (leaf.validToDate.getTime() - Date.now()) / (24 * HOUR_MS);
  expect(Math.round(days)).toBe(7);
});

it('renews it with another key, and both get in', async () => {
  const first = await certificates.issue(REF, REQUEST, options());
  const second = await certificates.issue(REF, REQUEST, options());
  const serial = ({ certificatePem }: typeof first) =>
    new X509Certificate(certificatePem).serialNumber;
  expect(serial(second)).not.toBe(serial(first));
  expect(second.keyPem.reveal()).not.toBe(first.keyPem.reveal());
  const read = await certificates.read(REF, 'orders', 'checkout');
  expect(serial(read)).toBe(serial(second));
  expect(await certificates.list(REF)).toHaveLength(1);
});

it('outlives another provisioning of its database', async () => {
  await certificates.issue(REF, REQUEST, options());
  await provision('required');
  expect(await login('orders-client-checkout')).toBe('accepted');
});

it('removes Certificate and Secret when it is revoked', async () => {
  await certificates.issue(REF, REQUEST, options());
  await certificates.revoke(REF, 'checkout', options());
  expect(await certificates.list(REF)).toEqual([]);
  expect(await objectOf('Certificate', 'orders-client-checkout')).toBe(
    undefined,
  );
  expect(await objectOf('Secret', 'orders-client-checkout')).toBe(undefined);
  await expect(
    certificates.revoke(REF, 'checkout', options()),
  ).rejects.toMatchObject({ name: 'NotFoundError' });
  await expect(
    certificates.read(REF, 'orders', 'checkout'),
  ).rejects.toMatchObject({ name: 'NotFoundError' });
});

it('removes one that its team did not renew, before cert-manager would', async () => {
  await certificates.issue(REF, REQUEST, options());
  laterMs = 167 * HOUR_MS;
  expect(await certificates.sweep(REF, options())).toBe(0);
  laterMs = 168 * HOUR_MS - 20 * 60_000;
  expect(await certificates.sweep(REF, options())).toBe(1);
  expect(await certificates.list(REF)).toEqual([]);
});

it('keeps one that its team renewed while the sweep waited for its turn', async () => {
  await certificates.issue(REF, REQUEST, options());
  const [issued] = await certificates.list(REF);
  const before = { ...issued, issuedAt: new Date(0).toISOString() };
  const list = jest.spyOn(certificates, 'list').mockResolvedValueOnce([before]);
  expect(await certificates.sweep(REF, options())).toBe(0);
  expect(list).toHaveBeenCalledTimes(2);
  expect(await certificates.list(REF)).toEqual([issued]);
});

it.each([
  {},
  { team: 'Check out' },
  // The portal's own certificate says so.
  { team: 'ringfence' },
  { team: 'checkout', days: 9 },
])('takes no request %j', async request => {
  await expect(
    certificates.issue(REF, request, options()),
  ).rejects.toMatchObject({ name: 'InputError' });
});

it('says so where the gateway asks for none, and keeps the CA for when it does again, but no certificate of a team', async () => {
  await certificates.issue(REF, REQUEST, options());
  const said = await provision('off');
  expect(said.join()).toContain('Certificate orders/orders-client-checkout');
  expect(await certificates.list(REF)).toEqual([]);
  expect(await objectOf('Secret', 'orders-client-checkout')).toBe(undefined);
  expect(await login()).toBe('accepted');
  expect(await objectOf('Issuer', 'orders-clients-ca')).toBeDefined();
  expect(await objectOf('Certificate', 'orders-portal-tls')).toBe(undefined);
  await expect(
    certificates.issue(REF, REQUEST, options()),
  ).rejects.toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining(
      'The gateway of database "orders" asks for no client certificates',
    ),
  });

  await provision('optional');
  await certificates.issue(REF, REQUEST, options());
  expect(await login()).toBe('accepted');
  expect(await login('orders-client-checkout')).toBe('accepted');
  expect(await login('orders-tls')).toBe('unreachable');
});

it('speaks of no gateway where there is none', async () => {
  const spec = { ...SPEC, access: { exposure: 'none' } };
  for await (const event of provisioner.provision(spec, options())) {
    if (event.type === 'failed') throw new Error(event.message);
  }
  await expect(
    certificates.issue(REF, REQUEST, options()),
  ).rejects.toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining(
      'Database "orders" has no way in with TLS, so nobody asks for client certificates',
    ),
  });
});
