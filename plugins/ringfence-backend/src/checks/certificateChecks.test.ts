import type { CertificateFacts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  caFacts,
  certificateFacts,
  certificateObject,
  days,
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { certificateAuthority } from './certificateAuthority';
import { certificateNames } from './certificateNames';
import { certificateServed } from './certificateServed';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

async function withDates(notBefore: Date, notAfter: Date) {
  const certificatePem = await pki.issue({ notBefore, notAfter });
  return seen({ certificatePem, caPem: pki.ca.certPem });
}

describe('certificate.served', () => {
  const served = (changes: object) =>
    seen({
      protocol: 'TLSv1.3',
      cipher: 'x',
      certificatePem: pki.leafPem,
      chainPem: [],
      verified: true,
      ...changes,
    });
  const reasons = (changes: Parameters<typeof healthyFacts>[1]) =>
    [certificateServed.run(healthyFacts(pki, changes), NOW)]
      .flat()
      .map(({ status, reason }) => `${status} ${reason}`);

  it("is ok where the gateway serves the Secret's certificate", () => {
    expect(reasons({})).toEqual(['ok Matches']);
  });

  it('fails where an older certificate is served, though that one verifies', async () => {
    const certificatePem = await pki.issue();
    expect(reasons({ served: served({ certificatePem }) })).toEqual([
      'failing DiffersFromSecret',
    ]);
  });

  it('only warns while a new certificate is on its way', async () => {
    const fresh = await withDates(new Date(NOW.getTime() - 30_000), days(90));
    const facts = { certificates: [certificateFacts(pki, { secret: fresh })] };
    expect(reasons(facts)).toEqual(['warning Propagating']);
  });

  it('reports a certificate that is neither the right one nor trusted as both', async () => {
    const other = await mintPki();
    const handshake = served({
      certificatePem: other.leafPem,
      verified: false,
      verificationError: 'self-signed certificate in chain',
    });
    expect(reasons({ served: handshake })).toEqual([
      'failing DiffersFromSecret',
      'failing NotTrusted',
    ]);
  });

  it('says nothing of a database that is not exposed', () => {
    const facts = healthyFacts(pki);
    expect(reasons({ access: { ...facts.access, exposure: 'none' } })).toEqual(
      [],
    );
  });

  it.each([
    ['the handshake', { served: FORBIDDEN }],
    ['the Secret', undefined],
  ])('is unknown where %s could not be read', (_name, changes) => {
    const secretUnread = {
      certificates: [certificateFacts(pki, { secret: FORBIDDEN })],
    };
    expect(reasons(changes ?? secretUnread)).toEqual(['unknown NotLooked']);
  });

  it('is unknown where there is nothing to compare with', () => {
    const facts = {
      certificates: [certificateFacts(pki, { secret: seen(undefined) })],
    };
    expect(reasons(facts)).toEqual(['unknown NothingToCompare']);
  });
});

it('does not call names covered where it cannot be read which are asked for', () => {
  const facts = healthyFacts(pki, {
    certificates: [certificateFacts(pki, { certificate: FORBIDDEN })],
  });
  expect(certificateNames.run(facts, NOW)).toMatchObject({
    status: 'unknown',
    reason: 'NotLooked',
  });
});

describe('certificate.names', () => {
  async function judge(
    request: Parameters<Pki['issue']>[0],
    changes: Parameters<typeof healthyFacts>[1] = {},
  ) {
    const secret = seen({ certificatePem: await pki.issue(request) });
    const facts = healthyFacts(pki, {
      certificates: [certificateFacts(pki, { secret })],
      ...changes,
    });
    return certificateNames.run(facts, NOW);
  }

  it('is ok where every name is covered', async () => {
    expect(await judge({})).toMatchObject({ status: 'ok', reason: 'Covered' });
  });

  it('takes a wildcard for the names under it', async () => {
    expect(await judge({ dnsNames: ['*.example.com'] })).toMatchObject({
      reason: 'Covered',
    });
  });

  it('fails for a name that only the common name holds', async () => {
    expect(await judge({ dnsNames: ['other.example.com'] })).toMatchObject({
      status: 'failing',
      reason: 'NameMissing',
      summary: 'The certificate does not cover "orders.example.com"',
    });
  });

  it('warns where the Gateway has got another address', async () => {
    const gatewayAddresses = seen([
      { type: 'IPAddress' as const, value: '203.0.113.99' },
    ]);
    expect(await judge({}, { gatewayAddresses })).toMatchObject({
      status: 'warning',
      reason: 'AddressNotCovered',
      evidence: { missing: ['203.0.113.99'] },
    });
  });

  it('asks for no address where the Certificate lists none, as with public issuers', async () => {
    const certificate = certificateObject('orders');
    certificate.spec.ipAddresses = [];
    const secret = seen({
      certificatePem: await pki.issue({ ipAddresses: [] }),
    });
    const certificates = [
      certificateFacts(pki, { certificate: seen(certificate), secret }),
    ];
    expect(await judge({}, { certificates })).toMatchObject({
      reason: 'Covered',
    });
  });

  it.each([
    ['could not be read', FORBIDDEN, 'NotLooked'],
    ['is empty', seen(undefined), 'NothingToRead'],
  ])('is unknown where the Secret %s', async (_name, secret, reason) => {
    const certificates = [certificateFacts(pki, { secret })];
    expect(await judge({}, { certificates })).toMatchObject({
      status: 'unknown',
      reason,
    });
  });
});

describe('certificate.authority', () => {
  const judge = (certificates: CertificateFacts[]) =>
    [certificateAuthority.run(healthyFacts(pki, { certificates }), NOW)].flat();

  it('is ok where the CA outlives the certificate', () => {
    expect(judge([caFacts(pki), certificateFacts(pki)])).toMatchObject([
      {
        status: 'ok',
        reason: 'Outlives',
        summary: 'The CA outlives Certificate "orders" by 9 years',
      },
    ]);
  });

  it('warns where the CA ends first', async () => {
    const secret = await withDates(days(-1), days(3660));
    expect(
      judge([caFacts(pki), certificateFacts(pki, { secret })]),
    ).toMatchObject([
      {
        status: 'warning',
        reason: 'EndsFirst',
        summary: 'The CA ends 10 days before Certificate "orders"',
      },
    ]);
  });

  it('fails where the CA was replaced and the certificate was not', async () => {
    const other = await mintPki();
    expect(judge([caFacts(other), certificateFacts(pki)])).toMatchObject([
      { status: 'failing', reason: 'SignedByAnother' },
    ]);
  });

  it("compares with the Secret's ca.crt where another issuer signs", () => {
    expect(judge([certificateFacts(pki)])).toMatchObject([
      { reason: 'Outlives' },
    ]);
  });

  it.each([
    [
      'has no ca.crt',
      () => seen({ certificatePem: pki.leafPem }),
      'NothingToCompare',
    ],
    ['could not be read', () => FORBIDDEN, 'NotLooked'],
  ])('is unknown where the Secret %s', (_name, secret, reason) => {
    expect(judge([certificateFacts(pki, { secret: secret() })])).toMatchObject([
      { status: 'unknown', reason },
    ]);
  });
});
