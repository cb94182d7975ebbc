import type {
  CertificateFacts,
  CheckResult,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
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
      'a spec that cert-manager has not looked at yet',
      () => {
        const ready = condition('Ready', 'True', 'Ready', 'up to date');
        const object = certificateObject('orders', {
          conditions: [{ ...ready, observedGeneration: 1 }],
        });
        object.metadata.generation = 2;
        return { certificate: seen(object) };
      },
      'warning',
      'NotReady',
      'Certificate "orders/orders" is not Ready: cert-manager has not looked at it yet',
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
