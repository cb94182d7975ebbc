import { mintCa, type MintedCa } from '../testUtils';
import { secureContextOf } from './secureContext';

let ca: MintedCa;
let other: MintedCa;

beforeAll(async () => {
  ca = await mintCa({ name: 'orders' });
  other = await mintCa({ name: 'billing' });
});

it('takes the same context for the same options', () => {
  const options = { ca: ca.certPem, minVersion: 'TLSv1.2' } as const;
  expect(secureContextOf({ ...options, servername: 'a' })).toBe(
    secureContextOf({ ...options, servername: 'b' }),
  );
});

it('takes another one for another CA, version, group or certificate', async () => {
  const options = { ca: ca.certPem };
  const { certPem: cert, keyPem: key } = await ca.issue({ commonName: 'x' });
  const contexts = [
    {},
    { ca: other.certPem },
    { minVersion: 'TLSv1.3' } as const,
    { ecdhCurve: 'X25519' },
    { ciphers: 'DEFAULT@SECLEVEL=0' },
    { cert, key },
  ].map(changes => secureContextOf({ ...options, ...changes }));
  expect(new Set(contexts).size).toBe(contexts.length);
});
