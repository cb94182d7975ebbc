import { issuedOf } from './request';

const certificate = ({
  name = 'orders-client-checkout',
  team = 'checkout',
  secretName = name,
}: {
  name?: string;
  team?: string;
  secretName?: string;
}) => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: {
    name,
    namespace: 'orders',
    creationTimestamp: '2026-08-01T10:00:00Z',
    labels: { 'ringfence.dev/client-team': team },
  },
  spec: { secretName },
});

it('knows the certificate of a team', () => {
  expect(issuedOf(certificate({}))).toMatchObject({
    team: 'checkout',
    secret: 'orders-client-checkout',
  });
});

it.each([
  ['the key of the CA', { secretName: 'orders-ca' }],
  ['the key of the gateway', { secretName: 'orders-tls' }],
  ['what another team has', { secretName: 'orders-client-others' }],
  ['itself of another team', { team: 'others' }],
  ['a team that is none', { team: '' }],
])(
  "takes no Certificate for a team's that somebody made and that names %s",
  (_what, made) => {
    expect(issuedOf(certificate(made))).toBeUndefined();
  },
);
