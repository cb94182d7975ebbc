import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { reportSchema } from '@ringfence/backstage-plugin-ringfence-common';
import {
  caFacts,
  certificateFacts,
  certificateObject,
  days,
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { pod } from './__testUtils__/objects';
import { commonChecks } from './commonChecks';
import { runChecks } from './runChecks';
import { toReport } from './toReport';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function report(
  changes: Parameters<typeof healthyFacts>[1] = {},
  database: Partial<Parameters<typeof toReport>[0]> = {},
) {
  const facts = healthyFacts(pki, changes);
  const findings = runChecks(commonChecks, facts, NOW);
  return toReport(
    { ref: facts.database, spec: facts.spec, state: 'ready', ...database },
    facts,
    findings,
  );
}

function overdue() {
  const certificate = seen(
    certificateObject('orders', { renewalTime: days(-1).toISOString() }),
  );
  return {
    certificates: [caFacts(pki), certificateFacts(pki, { certificate })],
  };
}

it('calls a database fenced where every check is ok', () => {
  const { status, headline, findings } = report();
  expect(findings.filter(finding => finding.status !== 'ok')).toEqual([]);
  expect({ status, headline }).toEqual({ status: 'ok', headline: 'Fenced' });
});

it('is what the schema of reports says', () => {
  const result = report({}, { simulated: 'pods are imitated' });
  expect(reportSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(
    JSON.parse(JSON.stringify(result)),
  );
});

it('says to renew soon where nothing else is amiss', () => {
  expect(report(overdue())).toMatchObject({
    status: 'warning',
    headline: 'Fenced, renew soon',
  });
});

it('has the summary of the worst finding as its headline otherwise', () => {
  const ring = seen([
    { address: '10.244.0.10', state: 'DN', datacenter: 'datacenter1' },
  ]);
  expect(report({ ...overdue(), ring })).toMatchObject({
    status: 'failing',
    headline: 'The ring counts 10.244.0.10 as down',
  });
});

it('puts what is not known before what is a warning', () => {
  expect(report({ ...overdue(), telemetry: FORBIDDEN })).toMatchObject({
    status: 'unknown',
    headline: "The mesh's telemetry could not be read: get is forbidden",
  });
});

it.each([
  ['provisioning', 'Being created'],
  ['decommissioning', 'Being decommissioned'],
  ['retained', 'Decommissioned, its volumes are kept'],
] as const)('says of a database that is %s: %s', (state, headline) => {
  expect(report({ pods: seen([]) }, { state }).headline).toBe(headline);
});

it('lists certificates with their renewal, and nodes as the ring counts them', () => {
  const ring = seen([
    { address: '10.244.0.10', state: 'UN', datacenter: 'datacenter1' },
    { address: '10.244.0.11', state: 'DN', datacenter: 'datacenter1' },
  ]);
  const { certificates, nodes } = report({
    ring,
    pods: seen([pod(2), pod(1), pod(0)]),
  });
  expect(certificates[1]).toEqual({
    name: 'orders',
    purpose: 'service',
    notBefore: days(-29).toISOString(),
    notAfter: days(61).toISOString(),
    renewalTime: days(31).toISOString(),
  });
  expect(nodes).toEqual([
    {
      name: 'orders-0',
      address: '10.244.0.10',
      status: 'ok',
      summary: 'UN: up, normal',
    },
    {
      name: 'orders-1',
      address: '10.244.0.11',
      status: 'failing',
      summary: 'DN: down, normal',
    },
    {
      name: 'orders-2',
      address: '10.244.0.12',
      status: 'failing',
      summary: 'not in the ring',
    },
  ]);
});

it('tells the age of the oldest fact behind a finding', () => {
  const earlier = new Date(NOW.getTime() - 15_000);
  const plaintext = {
    known: true,
    value: { refused: true, message: 'reset' },
    at: earlier,
  } as const;
  const { findings } = report({ plaintext });
  expect(
    findings.find(({ check }) => check === 'gateway.plaintext')?.observedAt,
  ).toBe(earlier.toISOString());
});

it('reports nodes of no form that Kubernetes gives as none, and still reports', () => {
  const garbage = { ...pod(0), status: { podIPs: {} } };
  const { status, nodes } = report({ pods: seen([garbage]) });
  expect(nodes).toEqual([]);
  expect(status).toBe('unknown');
});

it.each([undefined, [undefined], { status: 'great' }])(
  'reports a check that answers %j as unknown',
  answer => {
    const check = {
      id: 'custom.odd',
      title: 'Odd',
      category: 'ring',
      reasons: {},
      run: () => answer,
    } as unknown as Check;
    expect(runChecks([check], healthyFacts(pki), NOW)).toEqual([
      expect.objectContaining({ status: 'unknown', reason: 'CheckBroke' }),
    ]);
  },
);

it('reports a check that breaks as unknown, and the others all the same', () => {
  const broken: Check = {
    id: 'custom.broken',
    title: 'Broken',
    category: 'ring',
    reasons: {},
    run() {
      throw new Error('no such field');
    },
  };
  const findings = runChecks([broken, ...commonChecks], healthyFacts(pki), NOW);
  expect(findings[0]).toMatchObject({
    status: 'unknown',
    reason: 'CheckBroke',
    summary: 'Check "custom.broken" broke: no such field',
  });
  expect(findings.slice(1)).toEqual(
    runChecks(commonChecks, healthyFacts(pki), NOW),
  );
});
