import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { verdictsOf } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { peerAuthentication, pod, service } from './__testUtils__/objects';
import { accessAnonymous, accessLogin } from './accessLogin';
import { commonChecks } from './commonChecks';
import { meshEnvoyFilters } from './meshEnvoyFilters';
import { meshPorts } from './meshPorts';
import { meshStrict } from './meshStrict';
import { ringAgreement } from './ringAgreement';
import { ringNodes } from './ringNodes';
import { runChecks } from './runChecks';
import { toReport } from './toReport';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const NODES = [0, 1, 2].map(ordinal => ({
  address: `10.244.0.1${ordinal}`,
  state: 'UN',
  datacenter: '',
  hostId: `node-${ordinal}`,
}));
const GONE = { address: 'node-2', state: 'DN', datacenter: '' };

/** A database whose nodes form a cluster and speak Ignite's protocol. */
function clusterFacts(changes: Partial<Facts> = {}): Facts {
  const healthy = healthyFacts(pki, { ring: seen(NODES) });
  return {
    ...healthy,
    access: {
      ...healthy.access,
      protocol: 'ignite',
      datacenter: undefined,
      tlsPorts: [10800],
      restPorts: [8443],
    },
    observation: {
      ...healthy.observation,
      topology: 'cluster',
      meshMode: 'sidecar',
      container: 'ignite',
      clientPort: 10800,
      restPort: 8080,
      ringPorts: [47100, 47500],
      ringCommand: undefined,
      publicLogins: [{ username: 'ignite', password: 'ignite' }],
    },
    ...changes,
  };
}

const UNKNOWN = {
  known: false as const,
  why: 'the cluster is INACTIVE and answers no SQL',
  at: NOW,
};

it.each<[string, Partial<Facts>, string[]]>([
  ['all nodes are in the topology', {}, ['ok UpNormal']],
  [
    'a node of the baseline is not',
    { ring: seen([...NODES.slice(0, 2), GONE]) },
    ['failing NodeDown'],
  ],
  ['there are fewer', { ring: seen(NODES.slice(1)) }, ['failing TooFewNodes']],
  [
    'there are more',
    { ring: seen([...NODES, { ...NODES[0], address: '10.9.9.9' }]) },
    ['warning TooManyNodes'],
  ],
  ['nobody could be asked', { ring: UNKNOWN }, ['unknown NotLooked']],
])('counts the nodes of a cluster: %s', (_name, changes, verdicts) => {
  expect(verdictsOf(ringNodes, clusterFacts(), changes)).toEqual(verdicts);
});

it('finds pods that are ready and not in the topology', () => {
  const ring = seen(NODES.slice(1));
  expect(verdictsOf(ringAgreement, clusterFacts({ ring }))).toEqual([
    'failing NotInRing',
  ]);
});

it('leaves it to people to give a node that was added a part of the data', () => {
  const ring = seen([...NODES.slice(0, 2), { ...NODES[2], state: 'UJ' }]);
  const facts = clusterFacts({ ring });
  expect(verdictsOf(ringNodes, facts)).toEqual(['ok UpNormal']);
  expect(verdictsOf(ringAgreement, facts)).toEqual(['ok Agree']);
});

it.each([
  ['is named after a pod', 'orders-2', ['ok Agree']],
  ['is not', 'orders-7', ['warning NoPod']],
])(
  'looks for the pod of a node that is away by its name: it %s',
  (_name, address, verdicts) => {
    const facts = clusterFacts({
      pods: seen([pod(0), pod(1), pod(2, {}, false)]),
      ring: seen([...NODES.slice(0, 2), { ...GONE, address }]),
    });
    expect(verdictsOf(ringAgreement, facts)).toEqual(verdicts);
  },
);

it.each<[string, Partial<Facts>]>([
  ['that is whole', {}],
  ['that has lost a node', { ring: seen([...NODES.slice(0, 2), GONE]) }],
  ['that is too small', { ring: seen(NODES.slice(1)) }],
  ['that is inactive', { ring: UNKNOWN }],
])(
  'says nothing of rings, CQL or nodetool about a cluster %s',
  (_name, changes) => {
    const facts = clusterFacts(changes);
    const findings = runChecks(commonChecks, facts, NOW);
    const { nodes } = toReport(
      {
        ref: facts.database,
        spec: facts.spec,
        state: 'ready',
        simulated: undefined,
      },
      facts,
      findings,
    );
    const texts = [
      ...findings.flatMap(({ title, summary, remedy }) => [
        title,
        summary,
        remedy?.text ?? '',
        remedy?.command ?? '',
      ]),
      ...nodes.map(({ summary }) => summary),
    ];
    expect(
      // The objects of these facts are named for another database.
      texts
        .map(text => text.replaceAll('orders-cql', 'orders'))
        .filter(text =>
          /\brings?\b|\bcql\b|cassandra|nodetool|scylla|\bUN\b/i.test(text),
        ),
    ).toEqual([]);
    expect(findings.map(({ check }) => check)).not.toContain('ring.schema');
  },
);

describe('a database without logins', () => {
  const open = (access: Partial<Facts['access']>) => {
    const facts = clusterFacts();
    return clusterFacts({
      access: { ...facts.access, applicationRoleSecret: undefined, ...access },
    });
  };
  const clientCertificates = {
    mode: 'required' as const,
    issuer: { kind: 'Issuer' as const, name: 'orders-clients' },
    caSecret: 'orders-clients-ca',
    portalSecret: 'orders-portal',
  };

  it('is not asked for one', () => {
    expect(verdictsOf(accessLogin, open({}))).toEqual([]);
  });

  it.each<[string, Partial<Facts['access']>, string[]]>([
    ['has no way in from outside', { exposure: 'none' }, ['ok NoLogins']],
    ['asks for nothing', {}, ['failing Open']],
    [
      'takes certificates and does not ask for them',
      { clientCertificates: { ...clientCertificates, mode: 'optional' } },
      ['failing Open'],
    ],
  ])('that %s', (_name, access, verdicts) => {
    expect(verdictsOf(accessAnonymous, open(access))).toEqual(verdicts);
  });

  const IN = seen({ outcome: 'accepted' as const });
  const OUT = seen({ outcome: 'unreachable' as const, message: 'closed' });

  it.each<[string, Partial<Facts['logins']>, string]>([
    [
      'keeps out who shows none',
      { anonymous: IN, withoutCertificate: OUT },
      'ok NoLogins',
    ],
    [
      'lets in who shows none',
      { anonymous: IN, withoutCertificate: IN },
      'failing Open',
    ],
    [
      'nobody gets to at all',
      { anonymous: OUT, withoutCertificate: OUT },
      'unknown Unreachable',
    ],
    [
      'was not tried without one',
      { anonymous: IN, withoutCertificate: FORBIDDEN },
      'unknown NotLooked',
    ],
    ['was not tried yet', { anonymous: IN }, 'unknown NotLooked'],
  ])('that asks for certificates and %s', (_name, logins, verdict) => {
    const facts = open({ clientCertificates });
    const tried = { ...facts, logins: { ...facts.logins, ...logins } };
    expect(verdictsOf(accessAnonymous, tried)).toEqual([verdict]);
  });
});

describe('the port of REST', () => {
  const ports = (...names: Array<[string, number]>) => ({
    services: seen([
      service('orders', {
        selector: { 'app.kubernetes.io/instance': 'orders' },
        ports: names.map(([name, port]) => ({ name, port })),
      }),
    ]),
  });

  it('may be named http', () => {
    const named = ports(['tcp-thinclient', 10800], ['http-rest', 8080]);
    expect(verdictsOf(meshPorts, clusterFacts(), named)).toEqual(['ok Named']);
  });

  it.each([
    ['no other port may', ports(['http-thinclient', 10800])],
    ['nor where nobody said that it is one', ports(['http-admin', 8081])],
  ])('%s', (_name, changes) => {
    expect(verdictsOf(meshPorts, clusterFacts(), changes)).toEqual([
      'failing WrongProtocol',
    ]);
  });

  it('must be under mTLS, too', () => {
    const policy = peerAuthentication('STRICT');
    const opened = {
      ...policy,
      spec: {
        ...policy.spec,
        selector: { matchLabels: { 'app.kubernetes.io/instance': 'orders' } },
        portLevelMtls: { '8080': { mode: 'PERMISSIVE' } },
      },
    };
    expect(
      verdictsOf(meshStrict, clusterFacts(), {
        peerAuthentications: seen([opened]),
      }),
    ).toEqual(['failing NotStrict']);
  });

  it('goes through parts of the proxies that CQL does not', () => {
    const filter = {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      metadata: { name: 'rewrite', namespace: 'orders' },
      spec: {
        configPatches: [
          { applyTo: 'HTTP_FILTER', patch: { operation: 'INSERT_BEFORE' } },
        ],
      },
    };
    const changes = { envoyFilters: seen([filter]) };
    expect(verdictsOf(meshEnvoyFilters, clusterFacts(), changes)).toEqual([
      'warning Patches',
    ]);
  });
});
