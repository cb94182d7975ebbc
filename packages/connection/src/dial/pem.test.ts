import { createHash, X509Certificate } from 'node:crypto';
import { mintCa } from '../testUtils';
import { fingerprintsOf, splitPem } from './pem';

it('splits a PEM text into its certificates, leaving the rest out', async () => {
  const first = await mintCa({ name: 'first' });
  const second = await mintCa({ name: 'second' });
  const text = `# first\n${first.certPem}${first.keyPem}\n# second\n${second.certPem}`;

  const names = splitPem(text).map(pem => new X509Certificate(pem).subject);
  expect(names).toEqual(['CN=first', 'CN=second']);
});

it('gives the SHA-256 of the DER as upper-case pairs', async () => {
  const { certPem } = await mintCa({ name: 'orders CA' });
  const hex = createHash('sha256')
    .update(new X509Certificate(certPem).raw)
    .digest('hex')
    .toUpperCase();

  expect(fingerprintsOf(certPem)).toEqual([hex.match(/../g)!.join(':')]);
});

it('finds nothing in a text without certificates', () => {
  expect(splitPem('hello')).toEqual([]);
  expect(fingerprintsOf('')).toEqual([]);
});
