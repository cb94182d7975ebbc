import { positionOf } from './CertificateTimeline';

const certificate = {
  name: 'orders-tls',
  purpose: 'service' as const,
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2026-01-11T00:00:00Z',
};

describe('positionOf', () => {
  it.each([
    ['its beginning', '2026-01-01T00:00:00Z', 0],
    ['its middle', '2026-01-06T00:00:00Z', 50],
    ['its end', '2026-01-11T00:00:00Z', 100],
    ['before it', '2025-12-01T00:00:00Z', 0],
    ['after it', '2026-02-01T00:00:00Z', 100],
  ])('places %s', (_name, moment, percent) => {
    expect(positionOf(certificate, Date.parse(moment))).toBe(percent);
  });

  it('takes a certificate that ends before it begins as ended', () => {
    const backwards = { ...certificate, notAfter: '2025-01-01T00:00:00Z' };
    expect(positionOf(backwards, 0)).toBe(100);
  });
});
