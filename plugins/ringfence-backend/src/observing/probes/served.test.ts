import { mintCa } from '@ringfence/connection/testUtils';
import type { Handshake } from '@ringfence/backstage-plugin-ringfence-node';
import type { ProbeContext } from './Probe';
import { probeServed } from './served';

const GOOD: Handshake = {
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  certificatePem: 'ours',
  chainPem: ['ours'],
  verified: true,
};

function probe(
  shown: Record<number, Partial<Handshake> | Error>,
  certificatePem = '',
) {
  const context = {
    access: {
      exposure: 'tls',
      tlsPorts: Object.keys(shown).map(Number),
      serverName: 'orders.example.com',
      certificate: 'orders',
    },
    objects: {
      gatewayAddresses: { known: true, value: [{ value: '203.0.113.11' }] },
    },
    certificates: [
      {
        name: 'orders',
        secret: { known: true, value: { certificatePem, caPem: 'CA' } },
      },
    ],
    tools: {
      handshake: async ({ port }: { port: number }) => {
        const answer = shown[port];
        if (answer instanceof Error) throw answer;
        return { ...GOOD, ...answer };
      },
    },
  } as unknown as ProbeContext;
  return probeServed(context, new AbortController().signal);
}

it.each<[string, Record<number, Partial<Handshake>>, object]>([
  ['the first where all are alike', { 9041: {}, 9042: {} }, { port: 9041 }],
  [
    'the one that does not verify',
    { 9041: {}, 9042: { verified: false } },
    { port: 9042, verified: false },
  ],
  [
    'the one that serves another certificate',
    { 9041: {}, 9042: { certificatePem: 'other' } },
    { port: 9042, certificatePem: 'other' },
  ],
])('tells of several TLS ports %s', async (_name, shown, expected) => {
  expect(await probe(shown)).toMatchObject(expected);
});

it.each([
  ['first', [9041, 9042]],
  ['last', [9042, 9041]],
])(
  "tells the one that still serves the certificate before the Secret's, asked %s",
  async (_when, [behind, current]) => {
    const ca = await mintCa({ name: 'orders CA' });
    const dnsNames = ['orders.example.com'];
    const before = await ca.issue({ dnsNames });
    const now = await ca.issue({ dnsNames });
    const shown = {
      [behind]: { certificatePem: before.certPem },
      [current]: { certificatePem: now.certPem },
    };
    expect(await probe(shown, `${now.certPem}${ca.certPem}`)).toMatchObject({
      port: behind,
      certificatePem: before.certPem,
    });
  },
);

it('proves nothing where a port could not be reached', async () => {
  await expect(probe({ 9041: {}, 9042: new Error('refused') })).rejects.toThrow(
    'refused',
  );
});
