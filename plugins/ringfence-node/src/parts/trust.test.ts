import { mintCa } from '@ringfence/connection/testUtils';
import { trustAnchor } from './trust';

describe('trustAnchor', () => {
  const name = { commonName: 'orders.example.com' };

  it('is the CA that the issuer gives', async () => {
    const ca = await mintCa({ name: 'Company CA' });
    const { certPem } = await ca.issue(name);
    expect(
      trustAnchor({ certificatePem: certPem, caPem: ca.certPem }, []),
    ).toBe(ca.certPem);
  });

  it('is the one public root that signed the chain where the issuer gives none', async () => {
    const [other, root] = await Promise.all([
      mintCa({ name: 'Other root' }),
      mintCa({ name: 'Public root' }),
    ]);
    const { certPem } = await root.issue(name);
    const roots = [other.certPem, root.certPem];
    expect(trustAnchor({ certificatePem: certPem }, roots)).toBe(root.certPem);
  });

  it('is not a root that only bears the name of the signer', async () => {
    const [signer, namesake] = await Promise.all([
      mintCa({ name: 'Public root' }),
      mintCa({ name: 'Public root' }),
    ]);
    const { certPem } = await signer.issue(name);
    const certificates = { certificatePem: certPem };
    expect(trustAnchor(certificates, [namesake.certPem])).toBeUndefined();
  });

  it('is unknown where there is no certificate', () => {
    expect(trustAnchor({ certificatePem: '' })).toBeUndefined();
  });
});
