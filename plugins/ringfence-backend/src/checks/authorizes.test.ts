import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { authorizes, type MeshRequest } from './authorizes';

const REQUEST: MeshRequest = {
  client: {
    namespace: 'checkout',
    serviceAccount: 'web',
    trustDomain: 'mesh.example',
  },
  labels: { app: 'ring' },
  port: 9042,
};
const ME = 'mesh.example/ns/checkout/sa/web';

function policy(spec: object): KubernetesObject {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'p' },
    spec,
  };
}

const allow = (...rules: object[]) => policy({ rules });
const deny = (...rules: object[]) => policy({ action: 'DENY', rules });
const source = (fields: object) => ({ from: [{ source: fields }] });
const operation = (fields: object) => ({ to: [{ operation: fields }] });

it.each<[string, KubernetesObject[], string]>([
  ['no policy', [], 'yes'],
  ['an ALLOW without rules', [policy({})], 'no'],
  ['an ALLOW for everybody', [allow({})], 'yes'],
  [
    'an ALLOW for other pods',
    [policy({ selector: { matchLabels: { app: 'x' } } })],
    'yes',
  ],
  ['its principal', [allow(source({ principals: [ME] }))], 'yes'],
  [
    'its principal in the words of old meshes',
    [allow(source({ principals: ['cluster.local/ns/checkout/sa/web'] }))],
    'yes',
  ],
  [
    'another principal',
    [allow(source({ principals: ['mesh.example/ns/checkout/sa/job'] }))],
    'no',
  ],
  [
    'a prefix',
    [allow(source({ principals: ['mesh.example/ns/checkout/*'] }))],
    'yes',
  ],
  ['a suffix', [allow(source({ principals: ['*/sa/web'] }))], 'yes'],
  ['any identity', [allow(source({ principals: ['*'] }))], 'yes'],
  ['its namespace', [allow(source({ namespaces: ['checkout'] }))], 'yes'],
  [
    'every namespace but its own',
    [allow(source({ notNamespaces: ['checkout'] }))],
    'no',
  ],
  [
    'its service account',
    [allow(source({ serviceAccounts: ['checkout/web'] }))],
    'yes',
  ],
  [
    'a service account of who knows which namespace',
    [allow(source({ serviceAccounts: ['web'] }))],
    'unknown',
  ],
  ['addresses', [allow(source({ ipBlocks: ['10.0.0.0/8'] }))], 'unknown'],
  ['the port', [allow(operation({ ports: ['9042'] }))], 'yes'],
  ['another port', [allow(operation({ ports: ['7000'] }))], 'no'],
  ['all but the port', [allow(operation({ notPorts: ['9042'] }))], 'no'],
  [
    'a method, which CQL has not',
    [allow(operation({ methods: ['GET'] }))],
    'unknown',
  ],
  ['a condition', [allow({ when: [{ key: 'source.ip' }] })], 'unknown'],
  [
    'a condition beside another principal',
    [allow({ ...source({ principals: ['x'] }), when: [{ key: 'source.ip' }] })],
    'no',
  ],
  [
    'one of two that allows',
    [policy({}), allow(source({ principals: [ME] }))],
    'yes',
  ],
  [
    'a DENY that names it',
    [allow({}), deny(source({ principals: [ME] }))],
    'no',
  ],
  [
    'a DENY that names another',
    [deny(source({ namespaces: ['shop'] }))],
    'yes',
  ],
  [
    'a DENY that is not understood',
    [deny({ when: [{ key: 'source.ip' }] })],
    'unknown',
  ],
  [
    'a DENY of what is not its principal',
    [deny(source({ notPrincipals: [ME] }))],
    'yes',
  ],
  [
    "somebody else's server",
    [policy({ action: 'CUSTOM', rules: [{}] })],
    'unknown',
  ],
  [
    'a waypoint',
    [policy({ targetRefs: [{ kind: 'Service', name: 'orders-cql' }] })],
    'unknown',
  ],
  [
    'a Gateway of others',
    [policy({ targetRefs: [{ kind: 'Gateway', name: 'x' }] })],
    'yes',
  ],
])('%s', (_what, policies, verdict) => {
  expect(authorizes(policies, REQUEST)).toBe(verdict);
});

it.each<[string, Partial<MeshRequest>, object, string]>([
  [
    'a client without identity, a rule for principals',
    { client: undefined },
    source({ principals: ['*'] }),
    'no',
  ],
  [
    'a client without identity, a rule without source',
    { client: undefined },
    operation({ ports: ['9042'] }),
    'yes',
  ],
  [
    'an unknown trust domain',
    { client: { namespace: 'checkout', serviceAccount: 'web' } },
    source({ principals: [ME] }),
    'unknown',
  ],
])('%s', (_what, changes, rule, verdict) => {
  expect(authorizes([allow(rule)], { ...REQUEST, ...changes })).toBe(verdict);
});

it('takes a policy for the Gateway for one that holds at its pods', () => {
  const policies = [
    policy({ targetRefs: [{ kind: 'Gateway', name: 'orders-gateway' }] }),
  ];
  const request = { ...REQUEST, client: undefined, gateway: 'orders-gateway' };
  expect(authorizes(policies, request)).toBe('no');
});
