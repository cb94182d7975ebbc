import { X509Certificate } from 'node:crypto';
import { mintCa } from './mintCa';

it('issues certificates that its CA has signed, with the names asked for', async () => {
  const ca = await mintCa({ name: 'orders CA' });
  const { certPem } = await ca.issue({
    commonName: 'orders.example.com',
    dnsNames: ['orders.example.com'],
    ipAddresses: ['127.0.0.1', '::1'],
  });
  const certificate = new X509Certificate(certPem);
  const issuer = new X509Certificate(ca.certPem);

  expect(issuer.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(issuer.publicKey)).toBe(true);
  expect(certificate.checkIssued(issuer)).toBe(true);
  expect(certificate.subjectAltName).toBe(
    'DNS:orders.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  );
});

it('does not pass for a CA of the same name', async () => {
  const ca = await mintCa({ name: 'orders CA' });
  const other = await mintCa({ name: 'orders CA' });
  const { certPem } = await ca.issue({ dnsNames: ['orders.example.com'] });

  const { publicKey } = new X509Certificate(other.certPem);
  expect(new X509Certificate(certPem).verify(publicKey)).toBe(false);
});

it('dates certificates as asked', async () => {
  const ca = await mintCa({ name: 'orders CA' });
  const { certPem } = await ca.issue({
    dnsNames: ['orders.example.com'],
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2020-02-01T00:00:00Z'),
  });

  expect(new X509Certificate(certPem).validTo).toBe('Feb  1 00:00:00 2020 GMT');
});

it('refuses a name as an IP address', async () => {
  const ca = await mintCa({ name: 'orders CA' });
  await expect(ca.issue({ ipAddresses: ['localhost'] })).rejects.toThrow(
    '"localhost" is not an IP address',
  );
});
