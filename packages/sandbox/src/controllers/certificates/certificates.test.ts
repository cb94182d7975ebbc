import { X509Certificate } from 'node:crypto';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { silentLog } from '@ringfence/data-plane';
import {
  hasCondition,
  leafManifest,
  memoryWith,
  objectOnce,
  pkiManifests,
  refOf,
} from '../../testing';
import type { RunningController } from '../controller';
import { startCertificates, startIssuers, type CertificatesOptions } from '.';

const namespace = 'orders';
const HOUR_MS = 3_600_000;

let running: RunningController[] = [];
let now: Date;
beforeEach(() => {
  now = new Date('2026-11-22T08:11:09.500Z');
});
afterEach(async () => {
  await Promise.all(running.map(controller => controller.stop()));
  running = [];
});

function start(options?: CertificatesOptions) {
  const kubernetes = memoryWith(namespace, 'cert-manager');
  const context = { kubernetes, log: silentLog, now: () => now };
  running = [
    startIssuers(context, 'Issuer'),
    startIssuers(context, 'ClusterIssuer'),
    startCertificates(context, options),
  ];
  return kubernetes;
}

type Kubernetes = ReturnType<typeof start>;

async function issuePki(
  kubernetes: Kubernetes,
  spec?: Record<string, unknown>,
) {
  for (const manifest of pkiManifests(namespace))
    await kubernetes.apply(manifest);
  const leaf = await kubernetes.apply(leafManifest(namespace, spec));
  return objectOnce(kubernetes, refOf(leaf), hasCondition('Ready'));
}

async function secretOf(kubernetes: Kubernetes, name: string) {
  const secret = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    name,
  });
  return Object.fromEntries(
    Object.entries<string>(secret?.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]),
  );
}

const isRevision = (revision: number) => (object: KubernetesObject) =>
  object.status?.revision === revision;

it('issues a two-tier PKI whose leaf verifies against the CA', async () => {
  const kubernetes = start();
  await issuePki(kubernetes);
  const secret = await secretOf(kubernetes, 'orders-tls');
  const leaf = new X509Certificate(secret['tls.crt']);
  const ca = new X509Certificate(secret['ca.crt']);

  expect(Object.keys(secret).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(ca.ca).toBe(true);
  expect(leaf.subjectAltName).toBe(
    'DNS:orders.example.com, IP Address:127.0.0.1',
  );
  expect((await secretOf(kubernetes, 'ca'))['tls.crt']).toBe(secret['ca.crt']);
});

it('writes the status that cert-manager writes', async () => {
  const certificate = await issuePki(start());
  expect(certificate.status).toEqual({
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Ready',
        message: 'Certificate is up to date and has not expired',
        observedGeneration: 1,
        lastTransitionTime: '2026-11-22T08:11:09Z',
      },
    ],
    notBefore: '2026-11-22T08:11:09Z',
    notAfter: '2027-02-20T08:11:09Z',
    renewalTime: '2027-01-21T08:11:09Z',
    revision: 1,
  });
});

it.each([
  ['RSA', {}, 'rsa'],
  ['ECDSA', { algorithm: 'ECDSA', size: 384 }, 'ec'],
  ['Ed25519', { algorithm: 'Ed25519' }, 'ed25519'],
])('makes keys of type %s', async (_name, privateKey, type) => {
  const kubernetes = start();
  await issuePki(kubernetes, { privateKey });
  const { 'tls.crt': pem } = await secretOf(kubernetes, 'orders-tls');
  expect(new X509Certificate(pem).publicKey.asymmetricKeyType).toBe(type);
});

it('says what it waits for while the issuer is missing, and goes on when it appears', async () => {
  const kubernetes = start();
  const leaf = refOf(await kubernetes.apply(leafManifest(namespace)));
  const waiting = await objectOnce(kubernetes, leaf, hasCondition('Issuing'));
  const request = await objectOnce(
    kubernetes,
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'CertificateRequest',
      namespace,
      name: 'orders-1',
    },
    hasCondition('Ready', 'False'),
  );

  expect(waiting.status.conditions).toEqual([
    expect.objectContaining({
      type: 'Issuing',
      status: 'True',
      reason: 'DoesNotExist',
    }),
    expect.objectContaining({
      type: 'Ready',
      status: 'False',
      reason: 'DoesNotExist',
      message: 'Issuing certificate as Secret does not exist',
    }),
  ]);
  expect(request.status.conditions[1]).toMatchObject({
    reason: 'Pending',
    message:
      'Referenced "Issuer" not found: issuer.cert-manager.io "ca" not found',
  });

  for (const manifest of pkiManifests(namespace))
    await kubernetes.apply(manifest);
  const ready = await objectOnce(kubernetes, leaf, hasCondition('Ready'));
  expect(ready.status.revision).toBe(1);
});

it('renews with a new key when somebody sets Issuing, and keeps the key where told to', async () => {
  const kubernetes = start();
  await issuePki(kubernetes);
  const before = await secretOf(kubernetes, 'orders-tls');
  const caBefore = await secretOf(kubernetes, 'ca');
  now = new Date(now.getTime() + HOUR_MS);
  for (const name of ['orders', 'ca']) {
    const ref = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      namespace,
      name,
    };
    const certificate = (await kubernetes.get(ref))!;
    certificate.status.conditions.push({
      type: 'Issuing',
      status: 'True',
      reason: 'ManuallyTriggered',
      message: 'Certificate re-issuance manually triggered',
    });
    await kubernetes.updateStatus(certificate);
    const renewed = await objectOnce(kubernetes, ref, isRevision(2));
    expect(renewed.status.notBefore).toBe('2026-11-22T09:11:09Z');
    expect(hasCondition('Issuing')(renewed)).toBe(false);
  }
  const after = await secretOf(kubernetes, 'orders-tls');
  const caAfter = await secretOf(kubernetes, 'ca');
  expect(after['tls.key']).not.toBe(before['tls.key']);
  expect(caAfter['tls.key']).toBe(caBefore['tls.key']);
  expect(caAfter['tls.crt']).not.toBe(caBefore['tls.crt']);
});

it.each<[string, Record<string, unknown>]>([
  ['other names', { dnsNames: ['other.example.com'] }],
  ['another duration', { duration: '24h' }],
  ['another kind of key', { privateKey: { algorithm: 'ECDSA', size: 384 } }],
])('issues again for %s', async (_name, change) => {
  const kubernetes = start();
  const certificate = await issuePki(kubernetes);
  await kubernetes.apply(leafManifest(namespace, change));
  const renewed = await objectOnce(
    kubernetes,
    refOf(certificate),
    isRevision(2),
  );
  expect(renewed.metadata.generation).toBe(2);
});

it('issues again when the Secret is deleted', async () => {
  const kubernetes = start();
  const certificate = await issuePki(kubernetes);
  await kubernetes.delete({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    name: 'orders-tls',
  });
  await objectOnce(kubernetes, refOf(certificate), isRevision(2));
  expect(await secretOf(kubernetes, 'orders-tls')).toHaveProperty(['tls.crt']);
});

it('renews by itself once renewBefore is reached', async () => {
  const kubernetes = start();
  const certificate = await issuePki(kubernetes, {
    duration: '1h',
    renewBefore: '59m59s',
  });
  now = new Date(now.getTime() + 2_000);
  const renewed = await objectOnce(
    kubernetes,
    refOf(certificate),
    isRevision(2),
  );
  expect(renewed.status.notBefore).toBe('2026-11-22T08:11:11Z');
});

describe('with dates that are given', () => {
  const overrideDates = (certificate: KubernetesObject, at: Date) =>
    certificate.metadata.name === 'orders'
      ? {
          notBefore: new Date(at.getTime() - 2124 * HOUR_MS),
          notAfter: new Date(at.getTime() + 36 * HOUR_MS),
        }
      : undefined;

  it('leaves a renewal overdue until somebody asks for it', async () => {
    const kubernetes = start({ overrideDates });
    const certificate = await issuePki(kubernetes, { renewBefore: '720h' });
    expect(certificate.status).toMatchObject({
      notAfter: '2026-11-23T20:11:09Z',
      renewalTime: '2026-10-24T20:11:09Z',
      revision: 1,
    });

    certificate.status.conditions.push({
      type: 'Issuing',
      status: 'True',
      reason: 'ManuallyTriggered',
    });
    await kubernetes.updateStatus(certificate);
    const renewed = await objectOnce(
      kubernetes,
      refOf(certificate),
      isRevision(2),
    );
    expect(renewed.status.notAfter).toBe('2027-02-20T08:11:09Z');
  });
});

describe('issuers', () => {
  it('says that the Secret of a CA issuer is missing', async () => {
    const kubernetes = start();
    const issuer = await kubernetes.apply(pkiManifests(namespace)[2]);
    const unready = await objectOnce(
      kubernetes,
      refOf(issuer),
      hasCondition('Ready', 'False'),
    );
    expect(unready.status.conditions[0]).toMatchObject({
      reason: 'ErrGetKeyPair',
      message: 'Error getting keypair for CA issuer: secrets "ca" not found',
    });
  });

  it('says what it does not imitate', async () => {
    const kubernetes = start();
    const issuer = await kubernetes.apply({
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name: 'letsencrypt' },
      spec: { acme: { server: 'https://acme.example.com' } },
    });
    const unready = await objectOnce(
      kubernetes,
      refOf(issuer),
      hasCondition('Ready', 'False'),
    );
    expect(unready.status.conditions[0].message).toBe(
      'The sandbox issues from selfSigned and ca issuers only',
    );
  });
});

it('is not Ready for another issuer until that one has signed', async () => {
  const kubernetes = start();
  const leaf = await issuePki(kubernetes);
  const issuerRef = { kind: 'Issuer', name: 'orders-ca-2' };
  await kubernetes.apply(leafManifest(namespace, { issuerRef }));
  const asked = await objectOnce(
    kubernetes,
    refOf(leaf),
    hasCondition('Ready', 'False'),
  );
  expect(asked.status.conditions).toEqual([
    expect.objectContaining({ type: 'Issuing', reason: 'IncorrectIssuer' }),
    expect.objectContaining({ type: 'Ready', reason: 'IncorrectIssuer' }),
  ]);
});
