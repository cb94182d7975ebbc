import type { MetricsService } from '@backstage/backend-plugin-api/alpha';
import {
  databaseStateSchema,
  worstStatus,
  type FindingStatus,
  type Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { StoredDatabase } from '../databases/Databases';
import { Settled } from '../notifying';
import type { Reports } from '../observing';

/** Names of the metrics, as Prometheus knows them. */
export const METRICS = {
  checkStatus: 'ringfence_check_status',
  certificateNotAfter: 'ringfence_certificate_not_after_timestamp_seconds',
  certificateRenewal: 'ringfence_certificate_renewal_timestamp_seconds',
  reportObserved: 'ringfence_report_observed_timestamp_seconds',
  databaseState: 'ringfence_database_state',
  databaseUnreadable: 'ringfence_database_unreadable',
  probeDuration: 'ringfence_probe_duration_seconds',
} as const;

const STATUSES: readonly FindingStatus[] = [
  'ok',
  'warning',
  'failing',
  'unknown',
];

/** A probe is a handshake or a login: milliseconds to a few seconds. */
const PROBE_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is measured as it happens. */
export interface ProbeMetrics {
  /** @param ran - `group` names the probes that ran together */
  probeRan(ran: {
    readonly target: {
      readonly context: { readonly kubernetes: { readonly name: string } };
    };
    readonly group: string;
    readonly tookMs: number;
  }): void;
}

/** Measures probes as they run. */
export function createProbeMetrics(
  metrics: Pick<MetricsService, 'createHistogram'>,
): ProbeMetrics {
  const duration = metrics.createHistogram(METRICS.probeDuration, {
    description: 'How long probes took that ran together',
    advice: { explicitBucketBoundaries: PROBE_BUCKETS },
  });
  return {
    probeRan({ target, group, tookMs }) {
      duration.record(tookMs / 1000, {
        kubernetes_cluster: target.context.kubernetes.name,
        probe: group,
      });
    },
  };
}

/**
 * Publishes what the last reports say, of databases that are to be as their spec
 * says, and the state of all. Each replica of the portal publishes what it knows:
 * take the maximum over them.
 *
 * @param settled - the system's clock decides, unless a test gives another
 */
export function publishMetrics(
  metrics: Pick<MetricsService, 'createObservableGauge'>,
  reports: Pick<Reports, 'all' | 'unreadable'>,
  settled = new Settled(),
): void {
  const gauge = (
    name: string,
    description: string,
    observe: (report: Report) => Iterable<readonly [number, object]>,
  ) =>
    metrics.createObservableGauge(name, { description }).addCallback(result => {
      for (const { database, report } of reports.all()) {
        if (!report || !settled.is(database)) continue;
        for (const [value, labels] of observe(report)) {
          result.observe(value, { ...addressOf(report), ...labels });
        }
      }
    });

  gauge(
    METRICS.checkStatus,
    'Whether the worst answer of a check is this status: 1 for the one that it is, else 0',
    checkStatuses,
  );
  gauge(
    METRICS.certificateNotAfter,
    'When a certificate ends to be valid, in seconds since 1970',
    report => certificateTimes(report, 'notAfter'),
  );
  gauge(
    METRICS.certificateRenewal,
    'When a certificate is to be renewed, in seconds since 1970',
    report => certificateTimes(report, 'renewalTime'),
  );
  gauge(
    METRICS.reportObserved,
    'When the facts behind the report were gathered, in seconds since 1970',
    ({ observedAt }) => [[seconds(observedAt), {}]],
  );
  metrics
    .createObservableGauge(METRICS.databaseState, {
      description:
        'What Ringfence is doing with a database: 1 for the state that it is in, else 0',
    })
    .addCallback(result => {
      for (const { database } of reports.all()) {
        for (const state of databaseStateSchema.options) {
          const value = Number(state === database.state);
          result.observe(value, { ...labelsOf(database), state });
        }
      }
    });
  metrics
    .createObservableGauge(METRICS.databaseUnreadable, {
      description:
        'A database that is there and whose spec cannot be read, so that nothing else is known of it: 1',
    })
    .addCallback(result => {
      for (const { ref, name, state } of reports.unreadable()) {
        if (state === 'ready') result.observe(1, addressOf({ ...ref, name }));
      }
    });
}

function labelsOf({ ref, spec }: StoredDatabase) {
  return addressOf({ ...ref, name: spec.name });
}

function addressOf({
  kubernetesCluster,
  namespace,
  name,
}: Pick<Report, 'kubernetesCluster' | 'namespace' | 'name'>) {
  return { kubernetes_cluster: kubernetesCluster, namespace, database: name };
}

function* checkStatuses({ findings }: Report) {
  for (const check of new Set(findings.map(finding => finding.check))) {
    const answers = findings.filter(finding => finding.check === check);
    const worst = worstStatus(answers.map(({ status }) => status));
    const { category } = answers[0];
    for (const status of STATUSES) {
      yield [Number(status === worst), { check, category, status }] as const;
    }
  }
}

function* certificateTimes(
  { certificates }: Report,
  field: 'notAfter' | 'renewalTime',
) {
  for (const { name, purpose, [field]: time } of certificates) {
    if (time) yield [seconds(time), { certificate: name, purpose }] as const;
  }
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
