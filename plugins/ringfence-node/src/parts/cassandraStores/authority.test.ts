import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import type { DatabaseTools } from '../../tools';
import { Secret } from '../../secret';
import { checkAuthority, type AuthorityPems } from './authority';
import { authorityUsable } from './waits';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = new Date('2026-06-01T00:00:00Z');
const at = (days: number) => new Date(NOW.getTime() + days * DAY_MS);

let ca: MintedCa;
let other: MintedCa;
let expired: MintedCa;
let future: MintedCa;
let short: MintedCa;

beforeAll(async () => {
  const long = { notBefore: at(-10), notAfter: at(3650) };
  [ca, other, expired, future, short] = await Promise.all([
    mintCa({ name: 'Company CA', ...long }),
    mintCa({ name: 'Other CA', ...long }),
    mintCa({ name: 'Old CA', notBefore: at(-20), notAfter: at(-1) }),
    mintCa({ name: 'New CA', notBefore: at(1), notAfter: at(3650) }),
    mintCa({ name: 'Short CA', notBefore: at(-1), notAfter: at(30) }),
  ]);
});

const options = { now: NOW, leafDurationMs: 90 * DAY_MS };

describe('checkAuthority', () => {
  it('takes a CA with its key that outlives what it signs', () => {
    expect(
      checkAuthority(
        { certificatePem: ca.certPem, keyPem: ca.keyPem },
        options,
      ),
    ).toEqual({ usable: true, subject: 'CN=Company CA', notAfter: at(3650) });
  });

  it.each<[string, () => AuthorityPems | Promise<AuthorityPems>, string]>([
    [
      'no certificate',
      () => ({ certificatePem: '', keyPem: '' }),
      'NoCertificate',
    ],
    [
      'what is no certificate',
      () => ({
        certificatePem:
          '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
        keyPem: ca.keyPem,
      }),
      'NoCertificate',
    ],
    [
      'no key',
      () => ({ certificatePem: ca.certPem, keyPem: 'secret words' }),
      'NoKey',
    ],
    [
      'the key of another CA',
      () => ({ certificatePem: ca.certPem, keyPem: other.keyPem }),
      'KeyMismatch',
    ],
    [
      'the certificate of a server',
      async () => {
        const leaf = await ca.issue({ dnsNames: ['orders.example.com'] });
        return {
          certificatePem: leaf.certPem + ca.certPem,
          keyPem: leaf.keyPem,
        };
      },
      'NotAnAuthority',
    ],
    [
      'a CA that has expired',
      () => ({ certificatePem: expired.certPem, keyPem: expired.keyPem }),
      'Expired',
    ],
    [
      'a CA that is not valid yet',
      () => ({ certificatePem: future.certPem, keyPem: future.keyPem }),
      'NotYetValid',
    ],
    [
      'a CA that ends before what it would sign',
      () => ({ certificatePem: short.certPem, keyPem: short.keyPem }),
      'EndsTooSoon',
    ],
    [
      'a chain whose parts do not belong together',
      () => ({ certificatePem: ca.certPem + other.certPem, keyPem: ca.keyPem }),
      'BrokenChain',
    ],
  ])('refuses %s, and never quotes the key', async (_name, pems, reason) => {
    const answer = checkAuthority(await pems(), options);
    expect(answer).toMatchObject({ usable: false, reason });
    expect(JSON.stringify(answer)).not.toMatch(/PRIVATE|secret words/);
  });
});

describe('waiting for a CA that is brought', () => {
  const wait = authorityUsable(
    { namespace: 'orders', certificate: { duration: '2160h' } },
    'company-ca',
    () => NOW,
  );
  const probe = (secret: DatabaseTools['secret']) =>
    wait.probe(
      { secret } as DatabaseTools,
      { gatewayAddresses: [], secretHashes: {} },
      new AbortController().signal,
    );
  const holding = (pems: AuthorityPems) => async () => ({
    'tls.crt': new Secret(pems.certificatePem),
    'tls.key': new Secret(pems.keyPem),
  });

  it('ends where it can sign', async () => {
    const found = holding({ certificatePem: ca.certPem, keyPem: ca.keyPem });
    expect(await probe(found)).toEqual({
      state: 'done',
      message: `"CN=Company CA", valid until ${at(3650).toISOString()}`,
    });
  });

  it('fails at once where it cannot, and says how to replace it', async () => {
    const found = holding({ certificatePem: ca.certPem, keyPem: other.keyPem });
    expect(await probe(found)).toEqual({
      state: 'failed',
      why: 'Secret "orders/company-ca" cannot be used (KeyMismatch): it is not the key of "CN=Company CA"',
      remedy: expect.stringContaining(
        'kubectl create secret tls company-ca -n orders --cert=ca-with-chain.crt --key=ca.key',
      ),
    });
  });

  it('goes on where there is no Secret yet: the namespace was made a moment ago', async () => {
    const missing = async () => {
      throw new Error('Secret "orders/company-ca" not found');
    };
    // What a probe throws is told as the reason, and it is asked again.
    await expect(probe(missing)).rejects.toThrow('not found');
  });
});
