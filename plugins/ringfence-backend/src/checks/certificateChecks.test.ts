import type {
  CertificateFacts,
  CheckResult,
} from '@ringfence/backstage-plugin-ringfence-node';
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
import { certificateValid } from './certificateValid';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function condition(
  type: string,
  status: string,
  reason: string,
  message: string,
) {
  return { type, status, reason, message };
}

async function withDates(notBefore: Date, notAfter: Date) {
  const certificatePem = await pki.issue({ notBefore, notAfter });
  return seen({ certificatePem, caPem: pki.ca.certPem });
}

describe('certificate.valid', () => {
  function judge(changes: Partial<CertificateFacts>): CheckResult {
    const facts = healthyFacts(pki, {
      certificates: [certificateFacts(pki, changes)],
    });
    return [certificateValid.run(facts, NOW)].flat()[0];
  }
  const status = (changes: Record<string, unknown>) => ({
    certificate: seen(certificateObject('orders', changes)),
  });
  const failed = {
    conditions: [
      condition('Ready', 'True', 'Ready', ''),
      condition('Issuing', 'False', 'Failed', 'the issuer is not reachable'),
    ],
    lastFailureTime: NOW.toISOString(),
  };

  it.each<
    [
      string,
      () => Promise<Partial<CertificateFacts>> | Partial<CertificateFacts>,
      string,
      string,
      string,
    ]
  >([
    [
      'a certificate within its dates',
      () => ({}),
      'ok',
      'Valid',
      'Certificate "orders/orders" expires in 61 days, renews itself in 31 days',
    ],
    [
      'an expired certificate that is Ready',
      async () => ({ secret: await withDates(days(-90), days(-0.125)) }),
      'failing',
      'Expired',
      'Certificate "orders/orders" expired 3 hours ago, though cert-manager calls it Ready',
    ],
    [
      'a certificate of the future',
      async () => ({ secret: await withDates(days(1), days(90)) }),
      'failing',
      'NotYetValid',
      'Certificate "orders/orders" becomes valid only in 24 hours',
    ],
    [
      'a certificate that begins within the tolerance of clocks',
      async () => ({
        secret: await withDates(new Date(NOW.getTime() + 60_000), days(90)),
      }),
      'ok',
      'Valid',
      'Certificate "orders/orders" expires in 90 days, renews itself in 31 days',
    ],
    [
      'an overdue renewal',
      () => status({ renewalTime: days(-2).toISOString() }),
      'warning',
      'RenewalOverdue',
      'Certificate "orders/orders" should have been renewed 2 days ago; it expires in 61 days',
    ],
    [
      'a renewal that is due this minute',
      () =>
        status({ renewalTime: new Date(NOW.getTime() - 60_000).toISOString() }),
      'ok',
      'Valid',
      'Certificate "orders/orders" expires in 61 days, is due to renew itself now',
    ],
    [
      'the last tenth of the lifetime',
      async () => ({ secret: await withDates(days(-85), days(5)) }),
      'warning',
      'ExpiresSoon',
      'Certificate "orders/orders" expires in 5 days',
    ],
    [
      'an issuance that failed',
      () => status(failed),
      'warning',
      'IssuingFailed',
      'Certificate "orders/orders" expires in 61 days and could not be renewed: Failed: the issuer is not reachable',
    ],
    [
      'a renewal under way',
      () =>
        status({
          conditions: [
            condition('Ready', 'True', 'Ready', ''),
            condition('Issuing', 'True', 'Renewing', ''),
          ],
        }),
      'ok',
      'Renewing',
      'Certificate "orders/orders" is being renewed; the present one expires in 61 days',
    ],
    [
      'a certificate that does not fit its spec',
      () =>
        status({
          conditions: [
            condition('Ready', 'False', 'RequestChanged', 'names differ'),
          ],
        }),
      'warning',
      'NotReady',
      'Certificate "orders/orders" is not Ready: RequestChanged: names differ',
    ],
    [
      'a missing Certificate',
      () => ({ certificate: seen(undefined) }),
      'failing',
      'DoesNotExist',
      'Certificate "orders/orders" has not been issued: there is no such Certificate',
    ],
    [
      'a first issuance that failed',
      () => ({
        ...status({ ...failed, conditions: failed.conditions.slice(1) }),
        secret: seen(undefined),
      }),
      'failing',
      'DoesNotExist',
      'Certificate "orders/orders" has not been issued: Failed: the issuer is not reachable',
    ],
    [
      'a Secret with something else in it',
      () => ({ secret: seen({ certificatePem: 'nonsense' }) }),
      'failing',
      'DoesNotExist',
      'Certificate "orders/orders" has not been issued: its Secret holds no certificate yet',
    ],
    [
      'a Secret that may not be read',
      () => ({ secret: FORBIDDEN }),
      'unknown',
      'NotLooked',
      'The Secret of Certificate "orders/orders" could not be read: get is forbidden',
    ],
    [
      'a Certificate that may not be read',
      () => ({ certificate: FORBIDDEN }),
      'unknown',
      'NotLooked',
      'Certificate "orders/orders" could not be read: get is forbidden',
    ],
  ])('words %s', async (_name, changes, expectedStatus, reason, summary) => {
    expect(judge(await changes())).toMatchObject({
      status: expectedStatus,
      reason,
      summary,
    });
  });

  it('gives a remedy with a command for everything that failed', async () => {
    const { remedy } = judge({ secret: await withDates(days(-90), days(-1)) });
    expect(remedy?.command).toBe('cmctl renew orders -n orders');
  });
});

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
