import type { DriftedField } from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import {
  accessDrift,
  certificateDrift,
  gatewayDrift,
  meshDrift,
  ringDrift,
} from './drift';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const ALL = [certificateDrift, meshDrift, gatewayDrift, ringDrift, accessDrift];
const facts = (...drift: DriftedField[]) =>
  healthyFacts(pki, { drift: seen(drift) });
const replicas: DriftedField = {
  object: 'StatefulSet orders/orders',
  field: 'spec.replicas',
  wanted: '3',
  found: '5',
  manager: 'kubectl-scale',
};

it('is ok where nothing differs', () => {
  expect(ALL.flatMap(check => verdictsOf(check, facts()))).toEqual(
    ALL.map(() => 'ok AsSpecified'),
  );
});

it.each([
  ['certificate', 'Certificate orders/orders'],
  ['mesh', 'PeerAuthentication orders/orders'],
  ['mesh', 'Namespace orders'],
  ['gateway', 'TCPRoute orders/orders-cql'],
  ['gateway', 'ConfigMap orders/orders-gateway'],
  ['ring', 'ConfigMap orders/ringfence'],
  ['ring', 'StatefulSet orders/orders'],
  ['ring', 'SomeKindOfLater orders/orders'],
  ['access', 'Secret orders/orders-app'],
])('belongs to %s for %s', (category, object) => {
  const field = { ...replicas, object };
  const warned = ALL.filter(check =>
    verdictsOf(check, facts(field)).includes('warning Changed'),
  );
  expect(warned.map(check => check.category)).toEqual([category]);
});

it('says which field differs and who did it, and not how: a report is for all who may read', () => {
  const [{ summary, evidence, remedy }] = findingsOf(
    ringDrift,
    facts(replicas, {
      object: 'StatefulSet orders/orders',
      field: 'spec.template',
    }),
  );
  expect(summary).toBe(
    '2 fields of StatefulSet orders/orders differ from the spec, by kubectl-scale',
  );
  expect(evidence.fields).toEqual([
    'StatefulSet orders/orders spec.replicas (kubectl-scale)',
    'StatefulSet orders/orders spec.template',
  ]);
  expect(remedy?.command).toBe(
    'kubectl get statefulset orders -n orders -o yaml --show-managed-fields',
  );
});

it('tells what is gone from what is changed', () => {
  const gone = { object: 'Service orders/orders-cql' };
  const findings = findingsOf(ringDrift, facts(replicas, gone));
  expect(findings.map(({ reason, summary }) => [reason, summary])).toEqual([
    [
      'Missing',
      'Service orders/orders-cql does not exist, though the spec asks for it',
    ],
    [
      'Changed',
      '1 field of StatefulSet orders/orders differs from the spec, by kubectl-scale',
    ],
  ]);
});

it('fails where the stored spec was changed by somebody else, and says ok of nothing', () => {
  const changed = facts({
    object: 'ConfigMap orders/ringfence',
    field: 'data.spec.yaml',
    wanted: 'sha256 a',
    found: 'sha256 b',
    manager: 'kubectl-edit',
  });
  expect(ALL.map(check => verdictsOf(check, changed))).toEqual([
    ['unknown SpecChanged'],
    ['unknown SpecChanged'],
    ['unknown SpecChanged'],
    ['failing SpecChanged'],
    ['unknown SpecChanged'],
  ]);
  const [{ summary, remedy }] = findingsOf(ringDrift, changed);
  expect(summary).toBe(
    'The stored spec was changed by somebody else (kubectl-edit)',
  );
  expect(remedy?.text).toContain('Provision the database from the form');
});

it('is unknown where nobody compared', () => {
  const unlooked = healthyFacts(pki, { drift: FORBIDDEN });
  expect(verdictsOf(meshDrift, unlooked)).toEqual(['unknown NotLooked']);
});
