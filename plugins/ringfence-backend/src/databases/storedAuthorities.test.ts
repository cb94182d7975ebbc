import { AUTHORITIES_ANNOTATION } from '@ringfence/backstage-plugin-ringfence-common';
import { authoritiesAnnotation, readAuthorities } from './storedAuthorities';

const namespaceWith = (text: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'orders', annotations: { [AUTHORITIES_ANNOTATION]: text } },
});

it.each([
  [{ signing: 1, trusted: [1] }],
  [{ signing: 1, trusted: [1, 2], step: 'trust' as const }],
  [{ signing: 1, trusted: [1, 2] }],
  [{ signing: 2, trusted: [1, 2], step: 'issue' as const }],
  [{ signing: 2, trusted: [1, 2] }],
  [{ signing: 2, trusted: [2], step: 'drop' as const }],
  [{ signing: 41, trusted: [41, 42] }],
])('reads %j, as a rotation writes it', authorities => {
  const annotation = authoritiesAnnotation(authorities);
  const text = annotation[AUTHORITIES_ANNOTATION];
  expect(readAuthorities(namespaceWith(text))).toEqual(authorities);
});

it.each([
  '',
  'null',
  '{"signing":1}',
  '{"signing":0,"trusted":[0]}',
  '{"signing":1.5,"trusted":[1.5]}',
  '{"signing":"1","trusted":["1"]}',
  '{"signing":1,"trusted":[2]}',
  '{"signing":1,"trusted":[1],"next":"drop"}',
  // Two of one name, in another order, or with one between them.
  '{"signing":1,"trusted":[1,1]}',
  '{"signing":2,"trusted":[2,1]}',
  '{"signing":1,"trusted":[1,3]}',
  '{"signing":2,"trusted":[1,2,3]}',
  // No step leaves these: that one would take away the CA that signs, or one that is trusted.
  '{"signing":1,"trusted":[1],"step":"drop"}',
  '{"signing":2,"trusted":[1,2],"step":"drop"}',
  '{"signing":1,"trusted":[1,2],"step":"drop"}',
  '{"signing":1,"trusted":[1,2],"step":"issue"}',
  '{"signing":2,"trusted":[1,2],"step":"trust"}',
  '{"signing":1,"trusted":[1],"step":"trust"}',
  '{"signing":1e15,"trusted":[1e15]}',
  '{"signing":9007199254740993,"trusted":[9007199254740993]}',
])('takes no %s for what a rotation wrote', text => {
  expect(() => readAuthorities(namespaceWith(text))).toThrow(
    'Annotation "ringfence.dev/authorities" of Namespace "orders" does not say which CAs there are',
  );
});
