import type {
  BundleHolder,
  CertificateFacts,
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf, type Row } from './__testUtils__/ask';
import {
  caFacts,
  certificateFacts,
  certificateObject,
  days,
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { mintRsa } from './__testUtils__/rsa';
import { certificateChain } from './certificateChain';
import { certificateHolders } from './certificateHolders';
import { certificateStrength } from './certificateStrength';
import { certificateValid } from './certificateValid';
import { readCertificates } from './x509';

let pki: Pki;
let otherPki: Pki;
beforeAll(async () => {
  pki = await mintPki();
  otherPki = await mintPki();
});

const healthy = () => healthyFacts(pki);
const service = (secret: unknown): Partial<Facts> => ({
  certificates: [
    caFacts(pki),
    certificateFacts(pki, { secret: secret as never }),
  ],
});
const sha256Of = (pem: string) => readCertificates(pem)[0].fingerprint256;

describe('certificate.chain', () => {
  it.each<Row>([
    ['is ok where the CA that bundles carry signed it', {}, ['ok Verifies']],
    [
      'fails where bundles carry a CA that did not sign it',
      () =>
        service(
          seen({
            certificatePem: pki.leafPem,
            caPem: otherPki.ca.certPem,
          }),
        ),
      ['failing DoesNotVerify'],
    ],
    [
      'fails where an intermediate does not belong to it',
      () =>
        service(
          seen({
            certificatePem: `${pki.leafPem}\n${otherPki.ca.certPem}`,
            caPem: otherPki.ca.certPem,
          }),
        ),
      ['failing DoesNotVerify'],
    ],
    [
      'takes no leaf for a CA, though it carries itself',
      () => service(seen({ certificatePem: pki.leafPem, caPem: pki.leafPem })),
      ['failing DoesNotVerify'],
    ],
    [
      'warns where the CA was replaced since',
      () => ({ certificates: [caFacts(otherPki), certificateFacts(pki)] }),
      ['warning CarriesOldCa'],
    ],
    [
      'says nothing where no CA is carried',
      () => service(seen({ certificatePem: pki.leafPem })),
      [],
    ],
    [
      'says nothing where what is there is no certificate',
      () => service(seen({ certificatePem: 'x', caPem: 'y' })),
      [],
    ],
    [
      'is unknown where the Secret cannot be read',
      () => service(FORBIDDEN),
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(certificateChain, healthy(), changes)).toEqual(verdicts);
  });
});

describe('certificate.chain, where nodes have a CA among themselves', () => {
  /** A certificate that is asked of a CA, as what that CA issued. */
  const askedOf = (issuer: string, name: string, from: Pki) => {
    const object = certificateObject(name);
    object.spec.issuerRef = { kind: 'Issuer', name: issuer };
    return certificateFacts(from, { name, certificate: seen(object) });
  };
  const internodeCa = (from: Pki) => ({
    ...caFacts(from),
    name: 'orders-internode-ca',
  });

  it.each<[string, () => CertificateFacts[], string[]]>([
    [
      'compares each with the CA that it asks for',
      () => [
        caFacts(pki),
        internodeCa(otherPki),
        askedOf('orders-ca', 'orders-tls', pki),
        askedOf('orders-internode-ca', 'orders-internode-tls', otherPki),
      ],
      ['ok Verifies', 'ok Verifies'],
    ],
    [
      'warns where that one was replaced since',
      () => [
        caFacts(pki),
        internodeCa(pki),
        askedOf('orders-internode-ca', 'orders-internode-tls', otherPki),
      ],
      ['warning CarriesOldCa'],
    ],
  ])('%s', (_name, certificates, verdicts) => {
    expect(
      verdictsOf(certificateChain, healthy(), { certificates: certificates() }),
    ).toEqual(verdicts);
  });
});

describe('certificate.strength', () => {
  it('is ok for what cert-manager makes today', () => {
    const findings = findingsOf(certificateStrength, healthy());
    expect(findings.map(({ status, summary }) => [status, summary])).toEqual([
      [
        'ok',
        'Certificate "orders-ca" has a strong key (EC prime256v1) and signature (ECDSA with SHA256)',
      ],
      [
        'ok',
        'Certificate "orders" has a strong key (EC prime256v1) and signature (ECDSA with SHA256)',
      ],
    ]);
  });

  it.each([
    ['a short key', 1024, 'SHA-256', ['failing WeakKey']],
    ['SHA-1', 2048, 'SHA-1', ['failing WeakSignature']],
    ['both', 1024, 'SHA-1', ['failing WeakKey', 'failing WeakSignature']],
    ['neither', 2048, 'SHA-256', ['ok Strong']],
  ])('judges %s', async (_name, bits, hash, verdicts) => {
    const certificatePem = await mintRsa(bits, hash);
    const facts = {
      ...healthy(),
      certificates: [
        certificateFacts(pki, { secret: seen({ certificatePem }) }),
      ],
    };
    expect(verdictsOf(certificateStrength, facts)).toEqual(verdicts);
  });

  it('does not mind how a root signed itself', async () => {
    const certificatePem = await mintRsa(2048, 'SHA-1', { selfSigned: true });
    const facts = {
      ...healthy(),
      certificates: [{ ...caFacts(pki), secret: seen({ certificatePem }) }],
    };
    expect(verdictsOf(certificateStrength, facts)).toEqual(['ok Strong']);
  });
});

describe('certificate.holders', () => {
  const holder = (userRef: string, from: Pki, ageInDays = 1): BundleHolder => ({
    userRef,
    caSha256: [sha256Of(from.ca.certPem)],
    downloadedAt: days(-ageInDays),
  });
  it.each<Row>([
    ['is ok where nobody took one', {}, ['ok NobodyYet']],
    [
      'is ok where everybody has the present CA',
      () => ({ receipts: seen([holder('user:default/ada', pki)]) }),
      ['ok AllPresent'],
    ],
    [
      'warns of one whose CA is going out',
      () => ({
        receipts: seen([
          holder('user:default/ada', pki),
          holder('user:default/bob', otherPki),
        ]),
      }),
      ['warning OutgoingCa'],
    ],
    [
      'minds the newest of each only',
      () => ({
        receipts: seen([
          holder('user:default/bob', pki, 1),
          holder('user:default/bob', otherPki, 9),
        ]),
      }),
      ['ok AllPresent'],
    ],
    [
      'compares with the CA of clients, not with one among nodes',
      () => ({
        receipts: seen([holder('user:default/ada', pki)]),
        access: { ...healthy().access, furtherCaSecrets: ['orders-ca'] },
        certificates: [
          ...healthy().certificates,
          ...healthyFacts(otherPki)
            .certificates.filter(({ purpose }) => purpose === 'ca')
            .map(ca => ({ ...ca, name: 'orders-internode-ca' })),
        ],
      }),
      ['ok AllPresent'],
    ],
    [
      'is unknown where the history cannot be read',
      { receipts: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(certificateHolders, healthy(), changes)).toEqual(
      verdicts,
    );
  });

  it('names who has it', () => {
    const receipts = seen([holder('user:default/bob', otherPki)]);
    const [{ summary }] = findingsOf(certificateHolders, {
      ...healthy(),
      receipts,
    });
    expect(summary).toBe(
      'The bundle of user:default/bob holds a CA that is going out',
    );
  });
});

describe('certificate.valid, with the requests', () => {
  const failed = (created: string, message: string): KubernetesObject => ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'CertificateRequest',
    metadata: {
      name: `orders-${created}`,
      namespace: 'orders',
      creationTimestamp: created,
      annotations: { 'cert-manager.io/certificate-name': 'orders' },
    },
    status: {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'Failed', message },
      ],
    },
  });

  it('gives the reason of the newest request that failed', () => {
    const certificate = seen(
      certificateObject('orders', {
        lastFailureTime: days(-1).toISOString(),
        failedIssuanceAttempts: 3,
        conditions: [
          { type: 'Ready', status: 'True', reason: 'Ready' },
          {
            type: 'Issuing',
            status: 'False',
            reason: 'Failed',
            message: 'The certificate request has failed to complete',
          },
        ],
      }),
    );
    const findings = findingsOf(certificateValid, {
      ...healthy(),
      certificates: [certificateFacts(pki, { certificate })],
      certificateRequests: seen([
        failed('2026-05-30T00:00:00Z', 'rate limited'),
        failed('2026-05-31T00:00:00Z', 'the CA does not allow this name'),
      ]),
    });
    expect(findings).toEqual([
      expect.objectContaining({
        reason: 'IssuingFailed',
        summary:
          'Certificate "orders/orders" expires in 61 days and could not be renewed: Failed: the CA does not allow this name',
        evidence: expect.objectContaining({
          failedIssuanceAttempts: 3,
          refusal: 'Failed: the CA does not allow this name',
        }),
      }),
    ]);
  });
});
