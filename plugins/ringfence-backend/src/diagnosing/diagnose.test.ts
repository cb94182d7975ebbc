import type {
  ClientPlace,
  DiagnosisAnswer,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../checks/__testUtils__/facts';
import { peerAuthentication, service } from '../checks/__testUtils__/objects';
import { healthyPlatform } from '../checks/__testUtils__/platform';
import { diagnose } from './diagnose';
import type { Client, Workload } from './readClient';

const WEB: ClientPlace = {
  kind: 'workload',
  namespace: 'checkout',
  serviceAccount: 'web',
};

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function object(
  apiVersion: string,
  kind: string,
  namespace: string,
  spec: object,
  metadata: object = {},
): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: { name: kind.toLowerCase(), namespace, ...metadata },
    spec,
  };
}

const networkPolicy = (namespace: string, spec: object) =>
  object('networking.k8s.io/v1', 'NetworkPolicy', namespace, spec);
const authorization = (spec: object) =>
  object('security.istio.io/v1', 'AuthorizationPolicy', 'orders', spec);

const RING = { matchLabels: { 'app.kubernetes.io/instance': 'orders' } };
const principals = (...list: string[]) => ({
  selector: RING,
  rules: [{ from: [{ source: { principals: list } }] }],
});

/** Of the pods of a Gateway, as Istio makes them. */
const GATEWAY_POD = object(
  'v1',
  'Pod',
  'orders',
  {},
  {
    labels: { 'gateway.networking.k8s.io/gateway-name': 'orders-gateway' },
  },
);

function webPod(annotations = { 'ambient.istio.io/redirection': 'enabled' }) {
  return object(
    'v1',
    'Pod',
    'checkout',
    { serviceAccountName: 'web' },
    {
      labels: { app: 'web' },
      annotations,
    },
  );
}

function workload(changes: Partial<Workload> = {}): Workload {
  return {
    namespace: 'checkout',
    serviceAccount: 'web',
    namespaceObject: seen(object('v1', 'Namespace', '', {})),
    pods: seen([webPod()]),
    networkPolicies: seen([]),
    ...changes,
  };
}

function client(changes: Partial<Client> = {}): Client {
  return {
    workload: workload(),
    gatewayPods: seen([GATEWAY_POD]),
    meshAuthorizationPolicies: seen([]),
    ...changes,
  };
}

/** A database whose spec and policies allow the client. */
function facts(changes: Partial<Facts> = {}): Facts {
  const healthy = healthyFacts(pki);
  return {
    ...healthy,
    spec: { ...healthy.spec, access: { clients: [WEB] } } as Facts['spec'],
    authorizationPolicies: seen([
      authorization(principals('cluster.local/ns/checkout/sa/web')),
    ]),
    ...changes,
  };
}

function verdicts(found: Facts, of: Client, way: 'mesh' | 'gateway') {
  const { ways } = diagnose(found, of, NOW);
  const answers = ways.find(one => one.way === way)?.answers ?? [];
  return Object.fromEntries(
    answers.map(answer => [answer.question, answer]),
  ) as Partial<Record<DiagnosisAnswer['question'], DiagnosisAnswer>>;
}

it('finds nothing in the way of a client that the spec allows', () => {
  const { ways } = diagnose(facts(), client(), NOW);
  expect(ways.map(({ way, to, status }) => `${way} ${to} ${status}`)).toEqual([
    'mesh orders-cql.orders.svc:9042 ok',
    'gateway orders-gateway-istio.orders.svc.cluster.local:9041 ok',
  ]);
});

it.each<
  [
    string,
    DiagnosisAnswer['question'],
    DiagnosisAnswer['status'],
    Partial<Facts>,
    Partial<Workload>,
  ]
>([
  ['no pod', 'client', 'unknown', {}, { pods: seen([]) }],
  [
    'no namespace',
    'client',
    'failing',
    {},
    { namespaceObject: seen(undefined) },
  ],
  ['pods that may not be listed', 'client', 'unknown', {}, { pods: FORBIDDEN }],
  ['no Service', 'service', 'failing', { services: seen([]) }, {}],
  [
    'a Service without pods',
    'service',
    'failing',
    { endpointSlices: seen([]) },
    {},
  ],
  [
    'Services that may not be listed',
    'service',
    'unknown',
    { services: FORBIDDEN },
    {},
  ],
  [
    'no way out',
    'egress',
    'failing',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', { podSelector: {}, policyTypes: ['Egress'] }),
      ]),
    },
  ],
  [
    'the port of CQL alone, where ztunnel sends on its own',
    'egress',
    'failing',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', {
          podSelector: {},
          egress: [{ ports: [{ port: 9042 }] }],
        }),
      ]),
    },
  ],
  [
    'the port of ztunnel',
    'egress',
    'ok',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', {
          podSelector: {},
          egress: [{ ports: [{ port: 15008 }] }],
        }),
      ]),
    },
  ],
  [
    'policies that may not be listed',
    'egress',
    'unknown',
    {},
    { networkPolicies: FORBIDDEN },
  ],
  [
    'policies of another kind beside',
    'egress',
    'unknown',
    {
      platform: seen(
        healthyPlatform({
          apis: [
            {
              group: 'cilium.io',
              version: 'v2',
              kind: 'CiliumNetworkPolicy',
              plural: 'ciliumnetworkpolicies',
              namespaced: true,
            },
          ],
        }),
      ),
    },
    {},
  ],
  [
    'no way out to names, where ztunnel may answer',
    'dns',
    'unknown',
    {},
    {
      networkPolicies: seen([
        networkPolicy('checkout', {
          podSelector: {},
          egress: [{ ports: [{ port: 15008 }] }],
        }),
      ]),
    },
  ],
  [
    'no way in',
    'ingress',
    'failing',
    { networkPolicies: seen([networkPolicy('orders', { podSelector: RING })]) },
    {},
  ],
  [
    'a client outside of the mesh',
    'membership',
    'failing',
    {},
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'a client outside, and a database that takes plaintext',
    'membership',
    'ok',
    { peerAuthentications: seen([peerAuthentication('PERMISSIVE')]) },
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'a client outside, and a mode that is not known',
    'membership',
    'unknown',
    { peerAuthentications: FORBIDDEN },
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'pods inside and outside',
    'membership',
    'unknown',
    {},
    { pods: seen([webPod(), webPod({} as never)]) },
  ],
  [
    'another identity',
    'authorization',
    'failing',
    { authorizationPolicies: seen([authorization(principals('x'))]) },
    {},
  ],
  [
    'policies of identities that may not be listed',
    'authorization',
    'unknown',
    { authorizationPolicies: FORBIDDEN },
    {},
  ],
  [
    'no identity, where plaintext is taken',
    'authorization',
    'failing',
    { peerAuthentications: seen([peerAuthentication('PERMISSIVE')]) },
    { pods: seen([webPod({} as never)]) },
  ],
  [
    'a refused login',
    'login',
    'failing',
    {
      logins: {
        application: seen({ outcome: 'refused', message: 'bad' }),
      } as Facts['logins'],
    },
    {},
  ],
])('inside the mesh, %s: %s is %s', (_what, question, status, found, of) => {
  const answers = verdicts(
    facts(found),
    client({ workload: workload(of) }),
    'mesh',
  );
  expect(answers[question]?.status).toBe(status);
});

it('takes only its own answer with it where an object is odd', () => {
  const odd = networkPolicy('checkout', { podSelector: {}, policyTypes: 7 });
  const answers = verdicts(
    facts(),
    client({ workload: workload({ networkPolicies: seen([odd]) }) }),
    'mesh',
  );
  expect(answers.egress?.status).toBe('unknown');
  expect(answers.login?.status).toBe('ok');
});

it('gives the lines of the spec to a client that it does not allow', () => {
  const found = facts({
    spec: healthyFacts(pki).spec,
    authorizationPolicies: seen([authorization(principals('x'))]),
  });
  expect(verdicts(found, client(), 'mesh').authorization?.spec).toBe(
    'access:\n  clients:\n    - namespace: checkout\n      serviceAccount: web',
  );
});

it('gives no lines to add where they are there already', () => {
  const found = facts({
    authorizationPolicies: seen([authorization(principals('x'))]),
  });
  const answer = verdicts(found, client(), 'mesh').authorization;
  expect(answer?.spec).toBeUndefined();
  expect(answer?.remedy?.text).toMatch(/^The spec allows this client/);
});

it("tells nothing of the client's namespace but whether it lets the client out", () => {
  const secretive = object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'checkout',
    { podSelector: {}, policyTypes: ['Egress'] },
    { name: 'hush', labels: { project: 'hush' } },
  );
  const diagnosis = diagnose(
    facts(),
    client({ workload: workload({ networkPolicies: seen([secretive]) }) }),
    NOW,
  );
  expect(JSON.stringify(diagnosis)).not.toContain('hush');
});

it.each<
  [
    string,
    DiagnosisAnswer['question'],
    DiagnosisAnswer['status'],
    Partial<Facts>,
    Partial<Client>,
  ]
>([
  ['nothing in the way', 'ingress', 'ok', {}, {}],
  ['no address', 'address', 'failing', { gatewayAddresses: seen([]) }, {}],
  [
    'a gateway that the portal does not reach',
    'address',
    'unknown',
    { served: FORBIDDEN },
    {},
  ],
  [
    'a policy for all pods of the namespace',
    'ingress',
    'failing',
    { networkPolicies: seen([networkPolicy('orders', { podSelector: {} })]) },
    {},
  ],
  [
    'a policy that meets the gateway',
    'authorization',
    'failing',
    { authorizationPolicies: seen([authorization({})]) },
    {},
  ],
  [
    'policies, and no pod of the gateway to ask them about',
    'authorization',
    'unknown',
    {},
    { gatewayPods: seen([]) },
  ],
  [
    'a mesh whose own policies may not be listed',
    'authorization',
    'unknown',
    {},
    { meshAuthorizationPolicies: FORBIDDEN },
  ],
  ['no Gateway', 'listeners', 'failing', { gateway: seen(undefined) }, {}],
  [
    'a certificate that is not known',
    'certificate',
    'unknown',
    { served: FORBIDDEN },
    {},
  ],
  ['its own side', 'client', 'unknown', {}, {}],
])('from a laptop, %s: %s is %s', (_what, question, status, found, of) => {
  const laptop = client({ workload: undefined, ...of });
  const { ways } = diagnose(facts(found), laptop, NOW);
  expect(ways.map(({ way }) => way)).toEqual(['gateway']);
  const answers = verdicts(facts(found), laptop, 'gateway');
  expect(answers[question]?.status).toBe(status);
});

it('has no way for a laptop where the spec asks for no gateway', () => {
  const healthy = facts();
  const found = { ...healthy, access: { ...healthy.access, exposure: 'none' } };
  const laptop = client({ workload: undefined });
  expect(diagnose(found as Facts, laptop, NOW).ways).toEqual([]);
});

it('dials the headless Service where there is no other', () => {
  const found = facts({
    services: seen([service('orders', { clusterIP: 'None' })]),
  });
  expect(diagnose(found, client(), NOW).ways[0].to).toBe(
    'orders.orders.svc:9042',
  );
});
