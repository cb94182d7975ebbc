import type {
  CertificateFacts,
  Facts,
  NamedStoreFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf } from '../../../checks/__testUtils__/ask';
import {
  caFacts,
  certificateFacts,
} from '../../../checks/__testUtils__/certificates';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from '../../../checks/__testUtils__/facts';
import { exampleSpec } from '../__fixtures__/spec';
import { clusterManifest } from '../cluster';
import { storesOf } from '../operatorRecipe';
import { certificateStoreTrust } from './storeTrust';

const spec = exampleSpec();
const check = certificateStoreTrust(spec);
const [keystore, truststore] = storesOf(clusterManifest(spec));

let clients: Pki;
let nodes: Pki;
let stranger: Pki;
let facts: Facts;
beforeAll(async () => {
  [clients, nodes, stranger] = await Promise.all([
    mintPki(),
    mintPki(),
    mintPki(),
  ]);
  facts = {
    ...healthyFacts(clients),
    certificates: certificatesOf(),
  };
});

function certificatesOf(
  changes: Partial<CertificateFacts> = {},
): CertificateFacts[] {
  return [
    caFacts(clients),
    certificateFacts(clients, { name: 'orders-tls', ...changes }),
    { ...caFacts(nodes), name: 'orders-internode-ca' },
    certificateFacts(nodes, { name: 'orders-internode-tls' }),
  ];
}

/** What the truststore of clients holds. */
function holding(
  pems: readonly string[],
  changes: Partial<NamedStoreFacts> = {},
): Partial<Facts> {
  const store: NamedStoreFacts = {
    ref: truststore,
    state: 'open',
    certificatesPem: pems.join(''),
    hasKey: false,
    ...changes,
  };
  return { operator: { objects: seen([]), stores: seen([store]) } };
}

it.each<[string, () => Partial<Facts>, string[]]>([
  ['its own CA', () => holding([clients.ca.certPem]), ['ok NoOther']],
  [
    'the CA of the nodes beside its own',
    () => holding([clients.ca.certPem, nodes.ca.certPem]),
    ['failing ForeignCa'],
  ],
  [
    "a stranger's CA beside its own",
    () => holding([clients.ca.certPem, stranger.ca.certPem]),
    ['failing ForeignCa'],
  ],
  [
    'what cannot be opened, which is a finding of its own',
    () => holding([], { state: 'closed' }),
    [],
  ],
  [
    'a keystore, which trusts nobody',
    () => holding([stranger.leafPem], { ref: keystore }),
    [],
  ],
  [
    'stores that may not be read',
    () => ({ operator: { objects: seen([]), stores: FORBIDDEN } }),
    ['unknown NotLooked'],
  ],
  [
    'a certificate that may not be read',
    () => ({
      ...holding([clients.ca.certPem]),
      certificates: certificatesOf({ secret: FORBIDDEN }),
    }),
    ['unknown NotLooked'],
  ],
  [
    'an issuer that does not tell its CA',
    () => ({
      ...holding([clients.ca.certPem]),
      certificates: [
        certificateFacts(clients, {
          name: 'orders-tls',
          secret: seen({ certificatePem: clients.leafPem }),
        }),
      ],
    }),
    ['unknown NoCa'],
  ],
])('says of a truststore with %s', (_name, changes, verdicts) => {
  expect(verdictsOf(check, facts, changes())).toEqual(verdicts);
});

it('names the CA that is one too many', () => {
  const [{ summary, remedy }] = findingsOf(check, {
    ...facts,
    ...holding([clients.ca.certPem, stranger.ca.certPem]),
  });
  expect(summary).toContain('The truststore of clients holds "');
  expect(remedy?.command).toBe('cmctl renew orders-tls -n orders');
});

describe('while a CA is rotated', () => {
  const next = () => ({ ...caFacts(stranger), name: 'orders-ca-2' });
  const both = () => ({
    ...holding([clients.ca.certPem, stranger.ca.certPem]),
    certificates: [...certificatesOf(), next()],
  });

  it('takes both CAs for its own', () => {
    const rotating = { ...spec, authorities: { signing: 1, trusted: [1, 2] } };
    const asked = certificateStoreTrust(rotating);
    expect(verdictsOf(asked, facts, both())).toEqual(['ok NoOther']);
  });

  it('asks nothing until a step that is under way is done', () => {
    const authorities = { signing: 2, trusted: [2], step: 'drop' as const };
    const asked = certificateStoreTrust({ ...spec, authorities });
    expect(verdictsOf(asked, facts, both())).toEqual([]);
  });
});
