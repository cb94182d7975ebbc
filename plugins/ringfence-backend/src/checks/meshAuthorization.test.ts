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
      { from: [{ source: { principals: ['*default'] } }] },
      { from: [{ source: { notNamespaces: ['shop'] } }] },
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

describe('mesh.authorization, with policies of the whole mesh and others beside its own,', () => {
  const SELECTOR = { matchLabels: { 'app.kubernetes.io/instance': 'orders' } };
  const GATEWAY = 'cluster.local/ns/orders/sa/orders-gateway-istio';
  const CLIENT = 'cluster.local/ns/shop/sa/cart';
  const named = (principals: string[], port = '9042') => ({
    from: [{ source: { principals } }],
    to: [{ operation: { ports: [port] } }],
  });
  const policy = (name: string, namespace: string, spec: object) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name, namespace },
    spec,
  });
  const own = policy('orders', 'orders', {
    selector: SELECTOR,
    action: 'ALLOW',
    rules: [named([GATEWAY, CLIENT])],
  });
  const ofMesh = (spec: object) => ({
    authorizationPolicies: seen([own]),
    meshAuthorizationPolicies: seen([policy('all', 'istio-system', spec)]),
  });
  const beside = (spec: object) => ({
    authorizationPolicies: seen([own, policy('other', 'orders', spec)]),
  });
  const lenient = () => ({
    spec: { ...healthyFacts(pki).spec, strictMtls: false } as Facts['spec'],
  });

  it.each<[string, () => Partial<Facts>, string]>([
    [
      'is ok beside one of the mesh that allows nothing',
      () => ofMesh({}),
      'ok Restricted',
    ],
    [
      'is ok beside one of the mesh for other workloads',
      () => ofMesh({ selector: { matchLabels: { app: 'x' } }, rules: [{}] }),
      'ok Restricted',
    ],
    [
      'is ok beside one of the mesh for another port',
      () => ofMesh({ rules: [{ to: [{ operation: { ports: ['15020'] } }] }] }),
      'ok Restricted',
    ],
    [
      'is ok beside one that only records',
      () => ofMesh({ action: 'AUDIT', rules: [{}] }),
      'ok Restricted',
    ],
    [
      'is ok beside one that asks somebody else, too',
      () => ofMesh({ action: 'CUSTOM', rules: [{}] }),
      'ok Restricted',
    ],
    [
      'fails for one of the mesh that lets everybody in',
      () => ofMesh({ rules: [{}] }),
      'failing NotNamed',
    ],
    [
      'fails for one of the mesh that lets everybody in, whatever strictMtls says',
      () => ({ ...ofMesh({ rules: [{}] }), ...lenient() }),
      'failing NotNamed',
    ],
    [
      'fails where that is the only one, whatever strictMtls says',
      () => ({
        ...ofMesh({ rules: [{}] }),
        authorizationPolicies: seen([]),
        ...lenient(),
      }),
      'failing NotNamed',
    ],
    [
      'warns of one of the mesh that lets somebody in',
      () => ofMesh({ rules: [named(['cluster.local/ns/ops/sa/admin'])] }),
      'warning Widened',
    ],
    [
      'warns of it also where its own is not there',
      () => ({
        ...ofMesh({ rules: [named(['cluster.local/ns/ops/sa/admin'])] }),
        authorizationPolicies: seen([]),
      }),
      'warning Widened',
    ],
    [
      'fails for one of the mesh that refuses whom its own lets in',
      () => ofMesh({ action: 'DENY', rules: [named([CLIENT])] }),
      'failing Refused',
    ],
    [
      'fails for one of the namespace that refuses everybody',
      () => beside({ action: 'DENY', rules: [{}] }),
      'failing Refused',
    ],
    [
      'is ok beside one that refuses others',
      () =>
        ofMesh({
          action: 'DENY',
          rules: [named(['cluster.local/ns/shop/sa/old'])],
        }),
      'ok Restricted',
    ],
    [
      'is ok beside one that refuses on another port',
      () => ofMesh({ action: 'DENY', rules: [named([CLIENT], '7199')] }),
      'ok Restricted',
    ],
    [
      'fails where its own only records since somebody changed it',
      () => ({
        authorizationPolicies: seen([
          { ...own, spec: { ...own.spec, action: 'AUDIT' } },
        ]),
      }),
      'failing Open',
    ],
    [
      'is unknown where those of the mesh may not be read',
      () => ({ meshAuthorizationPolicies: FORBIDDEN }),
      'unknown NotLooked',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(reasons(changes())).toEqual([expected]);
  });

  it('names who is refused, and by what', () => {
    const facts = healthyFacts(
      pki,
      ofMesh({ action: 'DENY', rules: [named([CLIENT])] }),
    );
    const [{ summary, remedy }] = [meshAuthorization.run(facts, NOW)].flat();
    expect(summary).toBe(
      `AuthorizationPolicy "istio-system/all" refuses ${CLIENT} (port 9042), though the spec lets them in`,
    );
    expect(remedy?.command).toBe(
      'kubectl get authorizationpolicies -n istio-system -o yaml',
    );
  });
});
