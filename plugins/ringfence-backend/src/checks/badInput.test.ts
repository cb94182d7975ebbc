import type { Check, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import {
  certificateFacts,
  certificateObject,
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { sidecarFacts } from './__testUtils__/sidecar';
import { commonChecks } from './commonChecks';
import { CHECK_BROKE, runChecks } from './runChecks';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

/** What may stand where an object, or one of its fields, should. */
const GARBAGE: readonly unknown[] = [
  null,
  0,
  'text',
  [],
  [null],
  {},
  { name: null, conditions: 'text' },
];

/** The facts whose values are Kubernetes objects. */
function objectFactsOf(facts: Facts): Array<keyof Facts> {
  const isObject = (value: unknown) =>
    typeof value === 'object' && value !== null && 'apiVersion' in value;
  return (Object.keys(facts) as Array<keyof Facts>).filter(key => {
    const fact = facts[key] as { known?: boolean; value?: unknown };
    if (!fact.known) return false;
    return [fact.value].flat().some(isObject);
  });
}

/** Every way to put `garbage` in the place of one field of an object, to four fields down. */
function* broken(
  value: unknown,
  garbage: unknown,
  depth = 5,
): Generator<unknown> {
  yield garbage;
  if (depth === 0 || typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key];
    for (const other of broken(part, garbage, depth - 1)) {
      const copy: any = Array.isArray(value) ? [...value] : { ...value };
      copy[key] = other;
      yield copy;
    }
    const without: any = Array.isArray(value) ? [...value] : { ...value };
    delete without[key];
    yield Array.isArray(without) ? without.filter(() => true) : without;
  }
}

/** What others may put beside a database, or set for the whole mesh. */
function foreignObjects(): Partial<Facts> {
  const object = (apiVersion: string, kind: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: { name: 'theirs', namespace: 'orders' },
    spec,
  });
  return {
    trafficRules: seen([
      object('networking.istio.io/v1', 'Sidecar', {
        workloadSelector: { labels: {} },
        ingress: [{ port: { number: 9042 }, captureMode: 'NONE', tls: {} }],
      }),
      object('networking.istio.io/v1', 'VirtualService', {
        hosts: ['db'],
        tcp: [{ route: [{ destination: { host: 'orders-cql' } }] }],
      }),
    ]),
    envoyFilters: seen([
      object('networking.istio.io/v1alpha3', 'EnvoyFilter', {
        configPatches: [
          {
            applyTo: 'LISTENER',
            match: { context: 'ANY' },
            patch: { operation: 'MERGE', value: { transport_socket: true } },
          },
        ],
      }),
    ]),
    meshAuthorizationPolicies: seen([
      object('security.istio.io/v1', 'AuthorizationPolicy', {
        action: 'DENY',
        rules: [{ from: [{ source: { namespaces: ['a'] } }] }],
      }),
    ]),
    otherRoutes: seen([
      object('gateway.networking.k8s.io/v1', 'TCPRoute', {
        parentRefs: [{ name: 'other' }],
        rules: [{ backendRefs: [{ name: 'orders-cql' }] }],
      }),
    ]),
  };
}

const worlds: Array<[string, () => Facts]> = [
  [
    'with objects of others',
    () => ({ ...sidecarFacts(pki), ...foreignObjects() }),
  ],
  ['in the ambient mesh', () => healthyFacts(pki)],
  ['with sidecars', () => sidecarFacts(pki)],
];

/** What of `checks` breaks, whatever stands in the place of this object or a part of it. */
function breakages(
  checks: readonly Check[],
  object: unknown,
  factsWith: (other: unknown) => Facts,
): { tried: number; broke: string[] } {
  const broke = new Set<string>();
  let tried = 0;
  for (const garbage of GARBAGE) {
    for (const other of broken(object, garbage)) {
      tried += 1;
      for (const finding of runChecks(checks, factsWith(other), NOW)) {
        if (finding.reason === CHECK_BROKE) {
          broke.add(`${finding.summary}: ${JSON.stringify(other)}`);
        }
      }
    }
  }
  return { tried, broke: [...broke] };
}

describe.each(worlds)('%s', (_world, healthy) => {
  it('no object of whatever form breaks a check', () => {
    // Certificates are read anew each time, which is slow, and not the question here.
    const facts = { ...healthy(), certificates: [], served: FORBIDDEN };
    let all = 0;
    for (const key of objectFactsOf(facts)) {
      const { value } = facts[key] as { value: unknown };
      const [object] = [value].flat();
      const { tried, broke } = breakages(commonChecks, object, other => ({
        ...facts,
        [key]: seen(Array.isArray(value) ? [other] : other),
      }));
      expect(broke.slice(0, 3)).toEqual([]);
      all += tried;
    }
    expect(all).toBeGreaterThan(1000);
  });
});

it('no Certificate of whatever form breaks a check', () => {
  const facts = healthyFacts(pki);
  const checks = commonChecks.filter(
    ({ category }) => category === 'certificate',
  );
  const { tried, broke } = breakages(
    checks,
    certificateObject('orders'),
    other => ({
      ...facts,
      certificates: [
        certificateFacts(pki, { certificate: seen(other as never) }),
      ],
    }),
  );
  expect(broke.slice(0, 3)).toEqual([]);
  expect(tried).toBeGreaterThan(100);
});

it('calls a fact unknown, with the field, that holds no such object', () => {
  const pods = [{ kind: 'Pod', apiVersion: 'v1', metadata: { name: 7 } }];
  const facts = healthyFacts(pki, { pods: seen(pods as never) });
  const findings = runChecks(commonChecks, facts, NOW);
  const finding = findings.find(({ check }) => check === 'ring.pods');
  expect(finding).toMatchObject({
    status: 'unknown',
    reason: 'NotLooked',
    summary:
      'The database\'s pods could not be read: Pod "without a name" has not the form of its kind: metadata.name: Expected string, received number',
  });
});

it.each([
  ['no PEM', 'text'],
  ['PEM of nothing', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
  [
    'PEM of something else',
    '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----',
  ],
  ['half a PEM', '-----BEGIN CERTIFICATE-----\nMIIB'],
  ['a text of 10 MB', 'x'.repeat(10_000_000)],
  [
    'PEM of 10 MB',
    `-----BEGIN CERTIFICATE-----\n${'QUFB'.repeat(
      2_500_000,
    )}\n-----END CERTIFICATE-----`,
  ],
])(
  'a certificate that is %s breaks no check and is not called in order',
  (_name, pem) => {
    const facts = healthyFacts(pki);
    const findings = runChecks(
      commonChecks,
      {
        ...facts,
        certificates: [
          certificateFacts(pki, {
            secret: seen({ certificatePem: pem, caPem: pem }),
          }),
        ],
        served: seen({
          protocol: 'TLSv1.3',
          cipher: 'x',
          certificatePem: pem,
          chainPem: [pem],
          verified: false,
        }),
      },
      NOW,
    );
    expect(findings.filter(({ reason }) => reason === CHECK_BROKE)).toEqual([]);
    const certificates = findings.filter(
      ({ check, status }) =>
        check.startsWith('certificate.') &&
        status === 'ok' &&
        check !== 'certificate.drift',
    );
    expect(certificates).toEqual([]);
  },
);

it.each(['2106-01-01T00:00:00Z', '1970-01-01T00:00:00Z'])(
  'no clock breaks a check, not one at %s',
  clock => {
    for (const [, healthy] of worlds) {
      const findings = runChecks(commonChecks, healthy(), new Date(clock));
      expect(findings.filter(({ reason }) => reason === CHECK_BROKE)).toEqual(
        [],
      );
    }
  },
);
