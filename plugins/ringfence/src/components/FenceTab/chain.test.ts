import type { CertificateDetails } from '@ringfence/backstage-plugin-ringfence-common';
import { ChainLink, chainsOf } from './chain';

function certificate(name: string, issuedBy?: string): CertificateDetails {
  return { name, issuedBy, purpose: 'service', names: [] };
}

function drawn({ certificate: { name }, signed }: ChainLink): string {
  return signed.length === 0 ? name : `${name}(${signed.map(drawn).join(' ')})`;
}

describe('chainsOf', () => {
  it.each<[string, CertificateDetails[], string[]]>([
    [
      'a CA and what it signed',
      [certificate('tls', 'ca'), certificate('ca', 'ca')],
      ['ca(tls)'],
    ],
    [
      'an intermediate between them',
      [
        certificate('ca', 'ca'),
        certificate('between', 'ca'),
        certificate('tls', 'between'),
      ],
      ['ca(between(tls))'],
    ],
    ['one whose issuer is elsewhere', [certificate('tls', 'company')], ['tls']],
    ['one that could not be read', [certificate('tls')], ['tls']],
    [
      'two that signed each other',
      [certificate('a', 'b'), certificate('b', 'a')],
      ['a(b)'],
    ],
    ['none', [], []],
  ])('draws %s', (_name, certificates, chains) => {
    expect(chainsOf(certificates).map(drawn)).toEqual(chains);
  });
});
