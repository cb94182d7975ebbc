import {
  KubernetesConflictError,
  Secret,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import {
  ACTOR,
  changes,
  createHarness,
  done,
  failed,
  follow,
  provisioned,
  REF,
  until,
  type Harness,
} from './__testUtils__/harness';

const NAME = 'orders-tls';
const CERT_MANAGER = 'cert-manager.io/v1';

let harness: Harness;
let ca: MintedCa;
/** What the gateway shows, and what the Secret holds. */
let served: string;
let stored: string;

beforeAll(async () => {
  ca = await mintCa({ name: 'orders CA' });
});

const READY = { type: 'Ready', status: 'True', reason: 'Ready' };
const certManager = () =>
  harness.kubernetes.as('cert-manager', { force: true });
const issue = async () =>
  (await ca.issue({ dnsNames: ['orders'], commonName: 'orders' })).certPem;

beforeEach(async () => {
  harness = createHarness();
  await provisioned(harness);
  stored = await issue();
  served = stored;
  harness.hooks.tools = {
    secret: async () => ({
      'tls.crt': new Secret(stored),
      'ca.crt': new Secret(ca.certPem),
    }),
    handshake: async () => ({
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      certificatePem: served,
      chainPem: [served],
      verified: true,
    }),
  };
  for (const name of ['orders-ca', NAME]) {
    await certManager().apply({
      apiVersion: CERT_MANAGER,
      kind: 'Certificate',
      metadata: { name, namespace: 'orders' },
      spec: { secretName: name, issuerRef: { name: 'orders-ca' } },
    });
    await asCertManager(name, { revision: 1, conditions: [READY] });
  }
});

const read = async (name = NAME): Promise<KubernetesObject> =>
  (await harness.read('Certificate', name, CERT_MANAGER))!;

async function asCertManager(name: string, status: object): Promise<void> {
  const certificate = await read(name);
  await certManager().updateStatus({
    ...certificate,
    status: { ...certificate.status, ...status },
  });
}

const renew = (certificate = NAME, signal = new AbortController().signal) =>
  follow(
    harness.provisioner.renew(REF, { certificate }, { signal, actor: ACTOR }),
  );

const issuing = ({ status }: KubernetesObject) =>
  status.conditions.find(({ type }: { type: string }) => type === 'Issuing');

/** Until cert-manager is asked. */
const asked = (name = NAME) =>
  until(async () => issuing(await read(name))?.status === 'True');

it('asks cert-manager as cmctl does, and keeps its other conditions', async () => {
  renew();
  await asked();
  const { status } = await read();
  expect(status.conditions).toEqual([
    READY,
    {
      type: 'Issuing',
      status: 'True',
      reason: 'ManuallyTriggered',
      message: 'Certificate re-issuance manually triggered',
      lastTransitionTime: expect.stringMatching(/^[-0-9]+T[:0-9]+Z$/),
      observedGeneration: expect.any(Number),
    },
  ]);
});

it('ends when the new certificate is served, not when it is issued', async () => {
  const running = renew();
  await asked();
  stored = await issue();
  await asCertManager(NAME, { revision: 2, conditions: [READY] });
  await until(() =>
    running.events.some(
      event => event.type === 'stage' && event.stage === 'Serve it',
    ),
  );
  await harness.clock.advance(6000);
  expect(running.events.at(-1)).toMatchObject({
    type: 'waiting',
    wait: 'The new certificate is served on port 9041',
    why: 'it still shows the one before',
  });
  served = stored;
  await harness.clock.advance(1000);
  const events = await running.ended;
  expect(done(events)).toMatchObject({
    changed: true,
    gatewayAddresses: ['10.0.0.7'],
    summary: 'Certificate "orders/orders-tls" is renewed',
  });
  expect(changes(events)).toEqual(['configured Certificate orders/orders-tls']);
});

it('does not look at the gateway for a certificate that it does not show', async () => {
  harness.hooks.tools = {};
  const running = renew('orders-ca');
  await asked('orders-ca');
  await asCertManager('orders-ca', { revision: 2, conditions: [READY] });
  expect(done(await running.ended).summary).toContain('orders-ca');
});

it('waits for a renewal that is under way, and does not ask twice', async () => {
  const controller = new AbortController();
  const dropped = renew(NAME, controller.signal);
  await asked();
  controller.abort(new Error('socket closed'));
  expect(failed(await dropped.ended).resumable).toBe(true);
  const before = await read();

  const again = renew();
  await until(() => again.events.some(({ type }) => type === 'info'));
  expect((await read()).metadata.resourceVersion).toBe(
    before.metadata.resourceVersion,
  );
  await asCertManager(NAME, { revision: 2, conditions: [READY] });
  expect(done(await again.ended).summary).toContain('is renewed');
});

it('asks again where cert-manager wrote to the status at the same time', async () => {
  const { updateStatus } = harness.kubernetes;
  let conflicts = 0;
  harness.kubernetes.updateStatus = async object => {
    conflicts += 1;
    if (conflicts > 1) return updateStatus.call(harness.kubernetes, object);
    throw new KubernetesConflictError('changed', 'ResourceVersion', []);
  };
  renew();
  await asked();
  expect(conflicts).toBe(2);
});

it('fails with what the issuer says where it cannot issue', async () => {
  const running = renew();
  await asked();
  await asCertManager(NAME, {
    failedIssuanceAttempts: 1,
    conditions: [
      READY,
      {
        type: 'Issuing',
        status: 'False',
        reason: 'Failed',
        message:
          'The certificate request has failed: issuer "orders-ca" not found',
      },
    ],
  });
  expect(failed(await running.ended).message).toContain(
    'issuer "orders-ca" not found',
  );
});

it.each([
  [
    'is none of the database',
    'billing-tls',
    'InputError',
    '"billing-tls" is none of database "orders", which has "orders-ca", "orders-tls"',
  ],
  [
    'is not there',
    NAME,
    'NotFoundError',
    'Certificate "orders-tls" is not there',
  ],
])('refuses a certificate that %s', async (_what, name, error, message) => {
  await harness.kubernetes.delete({
    apiVersion: CERT_MANAGER,
    kind: 'Certificate',
    namespace: 'orders',
    name: NAME,
  });
  const events = await renew(name).ended;
  expect(failed(events)).toMatchObject({
    name: error,
    message: expect.stringContaining(message),
    resumable: false,
  });
});

it('holds the Lease of the database while it runs, and lets it go', async () => {
  const running = renew();
  await asked();
  const lease = () =>
    harness.read('Lease', 'ringfence', 'coordination.k8s.io/v1');
  expect((await lease())?.spec.holderIdentity).toContain(ACTOR);
  expect(failed(await renew().ended).message).toContain('one run at a time');
  await asCertManager(NAME, { revision: 2, conditions: [READY] });
  await running.ended;
  expect((await lease())?.spec?.holderIdentity).toBeUndefined();
});
