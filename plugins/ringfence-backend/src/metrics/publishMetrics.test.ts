import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import type {
  DatabaseState,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { parse } from 'yaml';
import type { UnreadableDatabase } from '../databases';
import { Settled } from '../notifying';
import { REPORT, storedDatabase } from '../router/__testUtils__/startRouter';
import { createProbeMetrics, METRICS, publishMetrics } from './publishMetrics';

const ADDRESS = {
  kubernetes_cluster: 'eu-1',
  namespace: 'orders',
  database: 'orders',
};

interface Sample {
  readonly name: string;
  readonly value: number;
  readonly labels: object;
}

/** What a scrape would read. */
function published(
  report?: Report,
  state: DatabaseState = 'ready',
  unreadable: UnreadableDatabase[] = [],
) {
  const samples: Sample[] = [];
  const collect: Array<() => void> = [];
  const metrics = {
    createObservableGauge: (name: string) => ({
      addCallback: (callback: (result: object) => void) =>
        collect.push(() =>
          callback({
            observe: (value: number, labels: object) =>
              samples.push({ name, value, labels }),
          }),
        ),
    }),
    createHistogram: (name: string) => ({
      record: (value: number, labels: object) =>
        samples.push({ name, value, labels }),
    }),
  } as unknown as MetricsService;
  const database = { ...storedDatabase(), state };
  let now = Date.parse('2026-06-01T12:00:00Z');
  const settled = new Settled(() => new Date(now));
  const reports = {
    all: () => [{ database, report }],
    unreadable: () => unreadable,
  };
  publishMetrics(metrics, reports, settled);
  return {
    pass: (ms: number) => {
      now += ms;
    },
    probes: createProbeMetrics(metrics),
    scrape(name: string) {
      samples.length = 0;
      collect.forEach(run => run());
      return samples
        .filter(sample => sample.name === name)
        .map(({ value, labels }) => ({ value, labels }));
    },
    samples,
  };
}

it('gives each check one status, its worst', () => {
  const [finding] = REPORT.findings;
  const { scrape } = published({
    ...REPORT,
    findings: [finding, { ...finding, status: 'failing' }],
  });
  const labels = {
    ...ADDRESS,
    check: 'certificate.served',
    category: 'certificate',
  };
  expect(scrape(METRICS.checkStatus)).toEqual([
    { value: 0, labels: { ...labels, status: 'ok' } },
    { value: 0, labels: { ...labels, status: 'warning' } },
    { value: 1, labels: { ...labels, status: 'failing' } },
    { value: 0, labels: { ...labels, status: 'unknown' } },
  ]);
});

it('tells the dates of certificates, where they are known', () => {
  const { scrape } = published({
    ...REPORT,
    certificates: [
      { name: 'orders-ca', purpose: 'ca' },
      {
        name: 'orders-tls',
        purpose: 'service',
        notAfter: '2026-01-02T03:04:05.000Z',
        renewalTime: '2026-01-01T00:00:00.000Z',
      },
    ],
  });
  const labels = { ...ADDRESS, certificate: 'orders-tls', purpose: 'service' };
  expect(scrape(METRICS.certificateNotAfter)).toEqual([
    { value: 1767323045, labels },
  ]);
  expect(scrape(METRICS.certificateRenewal)).toEqual([
    { value: 1767225600, labels },
  ]);
});

it('tells how old a report is', () => {
  expect(published(REPORT).scrape(METRICS.reportObserved)).toEqual([
    { value: 1767323045, labels: ADDRESS },
  ]);
});

/** What a report says. */
const REPORTED = Object.values(METRICS).filter(
  name => name !== METRICS.databaseState,
);

it('names databases that are there and cannot be read, unless they are being made', () => {
  const broken = {
    ref: { kubernetesCluster: 'eu-1', namespace: 'ledger' },
    name: 'ledger',
    state: 'ready' as const,
    why: 'its ConfigMap "ringfence" is no YAML',
  };
  const young = { ...broken, state: 'provisioning' as const };
  const { scrape } = published(undefined, 'ready', [broken, young]);
  expect(scrape(METRICS.databaseUnreadable)).toEqual([
    {
      value: 1,
      labels: {
        kubernetes_cluster: 'eu-1',
        namespace: 'ledger',
        database: 'ledger',
      },
    },
  ]);
});

it('says nothing but the state of a database of which there is no report yet', () => {
  const { scrape } = published();
  expect(REPORTED.flatMap(scrape)).toEqual([]);
  expect(scrape(METRICS.databaseState)).toContainEqual({
    value: 1,
    labels: { ...ADDRESS, state: 'ready' },
  });
});

it.each(['retained', 'decommissioning', 'provisioning'] as const)(
  'says nothing but the state of a database that is %s',
  state => {
    const { scrape } = published(REPORT, state);
    expect(REPORTED.flatMap(scrape)).toEqual([]);
    const states = scrape(METRICS.databaseState);
    expect(states.filter(({ value }) => value === 1)).toEqual([
      { value: 1, labels: { ...ADDRESS, state } },
    ]);
    expect(states).toHaveLength(4);
  },
);

it('tells what fails of a database whose provisioning does not end', () => {
  const { scrape, pass } = published(REPORT, 'provisioning');
  expect(scrape(METRICS.checkStatus)).toEqual([]);
  pass(2 * 60 * 60_000);
  expect(scrape(METRICS.checkStatus)).not.toEqual([]);
});

it('measures probes in seconds', () => {
  const { probes, samples } = published();
  const target = { context: { kubernetes: { name: 'eu-1' } } };
  probes.probeRan({ target, group: 'ring', tookMs: 250 });
  expect(samples).toEqual([
    {
      name: METRICS.probeDuration,
      value: 0.25,
      labels: { kubernetes_cluster: 'eu-1', probe: 'ring' },
    },
  ]);
});

describe('deploy/monitoring', () => {
  const directory = join(__dirname, '../../../../deploy/monitoring');
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  const EXPORTED = [
    ...Object.values(METRICS),
    ...['bucket', 'sum', 'count'].map(
      suffix => `${METRICS.probeDuration}_${suffix}`,
    ),
  ];

  it.each(['grafana-dashboard.json', 'prometheus-rules.yaml'])(
    'names in %s only metrics that are published',
    file => {
      const named = read(file).match(/\bringfence_[a-z_]+\b/g) ?? [];
      expect(named.length).toBeGreaterThan(0);
      for (const name of named) expect(EXPORTED).toContain(name);
    },
  );

  it('alerts on what matters, each with what to do', () => {
    const { kind, spec } = parse(read('prometheus-rules.yaml'));
    expect(kind).toBe('PrometheusRule');
    const rules = spec.groups.flatMap((group: any) => group.rules);
    expect(rules.map(({ alert }: any) => alert)).toEqual([
      'RingfenceCheckFailing',
      'RingfenceCertificateRenewalOverdue',
      'RingfenceCertificateExpiresSoon',
      'RingfenceCannotLook',
      'RingfenceReportsStale',
      'RingfenceProvisioningStuck',
      'RingfenceDatabaseUnreadable',
    ]);
    for (const { annotations, labels, expr, for: since } of rules) {
      expect({ annotations, labels, expr, since }).toEqual({
        annotations: {
          summary: expect.any(String),
          description: expect.any(String),
        },
        labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
        expr: expect.any(String),
        since: expect.any(String),
      });
    }
  });

  it('has a dashboard whose panels all ask something', () => {
    const dashboard = JSON.parse(read('grafana-dashboard.json'));
    expect(dashboard.title).toBe('Ringfence');
    const ids = dashboard.panels.map(({ id }: any) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { targets } of dashboard.panels) {
      expect(targets.length).toBeGreaterThan(0);
      for (const { expr } of targets) expect(expr).toContain('ringfence_');
    }
  });
});
