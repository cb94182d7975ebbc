import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import accepted from './__fixtures__/authorizationpolicy-accepted.json';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { pod } from './__testUtils__/objects';
import { meshAuthorization } from './meshAuthorization';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function reasons(changes: Partial<Facts>): string[] {
  return [meshAuthorization.run(healthyFacts(pki, changes), NOW)]
    .flat()
    .map(({ status, reason }) => `${status} ${reason}`);
}

describe('mesh.authorization', () => {
  const policy = (spec: object, status?: object) =>
    seen([
      {
        ...accepted,
        metadata: { name: 'cql', namespace: 'orders' },
        spec,
        status: status ?? accepted.status,
      },
    ]);
  const own = {
    selector: { matchLabels: { 'app.kubernetes.io/instance': 'orders' } },
  };
  const NAMED = {
    from: [{ source: { principals: ['cluster.local/ns/orders/sa/gateway'] } }],
    to: [{ operation: { ports: ['9042'] } }],
  };
  const known = <T>(fact: { known: boolean; value?: T }): T => fact.value!;
  const refused = {
    conditions: [
      {
        type: 'ZtunnelAccepted',
        status: 'False',
        reason: 'UnsupportedValue',
        message: 'ztunnel does not support HTTP attributes',
      },
    ],
  };

  it.each<[string, () => Partial<Facts>, string]>([
    [
      'is ok for a policy on the pods',
      () => ({ authorizationPolicies: policy(own) }),
      'ok Restricted',
    ],
    [
      'is ok for a policy on the namespace',
      () => ({ authorizationPolicies: policy({ action: 'ALLOW' }) }),
      'ok Restricted',
    ],
    [
      'fails where none is there',
      () => ({ authorizationPolicies: seen([]) }),
      'failing Open',
    ],
    [
      'fails where it selects something else',
      () => ({
        authorizationPolicies: policy({
          selector: { matchLabels: { app: 'other' } },
        }),
      }),
      'failing Open',
    ],
    [
      'fails where it only denies',
      () => ({ authorizationPolicies: policy({ ...own, action: 'DENY' }) }),
      'failing Open',
    ],
    [
      'is ok for a policy whose rules name who may come',
      () => ({ authorizationPolicies: policy({ ...own, rules: [NAMED] }) }),
      'ok Restricted',
    ],
    [
      'is ok where a rule without names is for another port',
      () => ({
        authorizationPolicies: policy({
          ...own,
          rules: [NAMED, { to: [{ operation: { ports: ['9180'] } }] }],
        }),
      }),
      'ok Restricted',
    ],
    [
      'fails for a rule that lets everybody in',
      () => ({ authorizationPolicies: policy({ ...own, rules: [NAMED, {}] }) }),
      'failing NotNamed',
    ],
    [
      'fails for a rule that names everybody',
      () => ({
        authorizationPolicies: policy({
          ...own,
          rules: [{ from: [{ source: { principals: ['*'] } }] }],
        }),
      }),
      'failing NotNamed',
    ],
    ...[
      { from: [{ source: { principals: ['cluster.local/*'] } }] },
      { from: [{ source: { principals: ['*/sa/default'] } }] },
      { from: [{ source: { ipBlocks: ['0.0.0.0/0'] } }] },
      { from: [{ source: { ipBlocks: ['10.0.0.7', '::/0'] } }] },
      { when: [{ key: 'source.ip', notValues: ['203.0.113.9'] }] },
      { when: [{ key: 'source.principal', values: ['*'] }] },
    ].map<[string, () => Partial<Facts>, string]>(rule => [
      `fails for a rule that names everybody: ${JSON.stringify(rule)}`,
      () => ({
        authorizationPolicies: policy({ ...own, rules: [NAMED, rule] }),
      }),
      'failing NotNamed',
    ]),
    ...[
      { from: [{ source: { principals: ['cluster.local/ns/orders/*'] } }] },
      { from: [{ source: { ipBlocks: ['10.0.0.0/8'] } }] },
      { when: [{ key: 'source.namespace', values: ['shop'] }] },
    ].map<[string, () => Partial<Facts>, string]>(rule => [
      `is ok for a rule that names some: ${JSON.stringify(rule)}`,
      () => ({ authorizationPolicies: policy({ ...own, rules: [rule] }) }),
      'ok Restricted',
    ]),
    [
      'fails for a rule that lets everybody in among the nodes',
      () => ({
        authorizationPolicies: policy({
          ...own,
          rules: [NAMED, { to: [{ operation: { ports: ['7000'] } }] }],
        }),
        observation: { ...healthyFacts(pki).observation, ringPorts: [7000] },
      }),
      'failing NotNamed',
    ],
    [
      'warns of a policy beside its own that lets somebody else in',
      () => ({
        authorizationPolicies: seen([
          {
            ...known(policy({ ...own, rules: [NAMED] }))[0],
            metadata: { name: 'orders', namespace: 'orders' },
          },
          ...known(
            policy({
              ...own,
              rules: [{ from: [{ source: { namespaces: ['shop'] } }] }],
            }),
          ),
        ]),
      }),
      'warning Widened',
    ],
    [
      'does not mind a policy beside its own that is for another port',
      () => ({
        authorizationPolicies: seen([
          {
            ...known(policy({ ...own, rules: [NAMED] }))[0],
            metadata: { name: 'orders', namespace: 'orders' },
          },
          ...known(
            policy({
              ...own,
              rules: [{ to: [{ operation: { ports: ['9180'] } }] }],
            }),
          ),
        ]),
      }),
      'ok Restricted',
    ],
    [
      'fails for a second policy that opens one pod',
      () => ({
        authorizationPolicies: seen([
          ...known(policy({ ...own, rules: [NAMED] })),
          ...known(
            policy({ selector: { matchLabels: { only: '1' } }, rules: [{}] }),
          ),
        ]),
        pods: seen([
          pod(0),
          pod(1, {
            labels: { ...own.selector.matchLabels, only: '1' },
          }),
        ]),
      }),
      'failing NotNamed',
    ],
    [
      'warns where the spec asks for no mTLS and so nobody can be named',
      () => ({
        authorizationPolicies: policy({ ...own, rules: [{}] }),
        spec: { ...healthyFacts(pki).spec, strictMtls: false } as Facts['spec'],
      }),
      'warning NotAskedFor',
    ],
    [
      'fails where the policy is for a waypoint alone',
      () => ({
        authorizationPolicies: policy({
          targetRefs: [{ kind: 'Gateway', name: 'waypoint' }],
          rules: [NAMED],
        }),
      }),
      'failing Open',
    ],
    [
      'fails where ztunnel refused it',
      () => ({ authorizationPolicies: policy(own, refused) }),
      'failing NotEnforced',
    ],
    [
      'is unknown without rights',
      () => ({ authorizationPolicies: FORBIDDEN }),
      'unknown NotLooked',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(reasons(changes())).toEqual([expected]);
  });
});
