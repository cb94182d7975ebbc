import type { Manifest } from '../kubernetes';
import { servedVersions, type Platform } from '../platform';
import { toManifest } from './manifest';
import { commonLabels, names, podSelector, type Named } from './names';

/**
 * Tells a Prometheus what to scrape, as far as it is used here.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 */
export interface IPodMonitor {
  readonly apiVersion: 'monitoring.coreos.com/v1';
  readonly kind: 'PodMonitor';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly selector: {
      readonly matchLabels: Readonly<Record<string, string>>;
    };
    readonly podMetricsEndpoints: readonly PodMetricsEndpoint[];
  };
}

interface PodMetricsEndpoint {
  /** Name of a port that a container declares. */
  readonly port: string;
  readonly path: string;
  readonly relabelings: readonly {
    readonly action: 'replace';
    readonly targetLabel: string;
    readonly replacement: string;
  }[];
}

/** What is needed to say who may read metrics. */
export type Monitored = Named & {
  readonly monitoring: {
    readonly namespace?: string;
    readonly outsideMesh?: boolean;
  };
};

export interface MonitorOptions {
  readonly application: string;
  /** Name of the port with the database's own metrics; absent: it has none. */
  readonly metricsPort?: string;
  /** Whether there is a gateway to scrape. */
  readonly gated: boolean;
}

/** The port with the metrics of the gateway's Envoy and its agent, as Istio names it. */
const GATEWAY_METRICS_PORT = 'metrics';

/** Whether the Prometheus Operator's PodMonitors are served. */
export function servesPodMonitors(platform: Pick<Platform, 'apis'>): boolean {
  return servedVersions(
    platform,
    'monitoring.coreos.com',
    'PodMonitor',
  ).includes('v1');
}

/**
 * A PodMonitor for the database and one for its gateway. None where nobody may
 * scrape, or where PodMonitors are not served.
 */
export function monitorManifests(
  spec: Monitored,
  platform: Pick<Platform, 'apis'>,
  options: MonitorOptions,
): Manifest[] {
  if (!spec.monitoring.namespace || !servesPodMonitors(platform)) return [];
  const monitors: IPodMonitor[] = [];
  if (options.metricsPort) {
    monitors.push(
      podMonitor(spec, options, {
        name: names.ring(spec),
        selector: podSelector(spec, options.application),
        endpoint: { port: options.metricsPort, path: '/metrics' },
      }),
    );
  }
  if (options.gated) {
    monitors.push(
      podMonitor(spec, options, {
        name: names.gateway(spec),
        selector: {
          'gateway.networking.k8s.io/gateway-name': names.gateway(spec),
        },
        endpoint: { port: GATEWAY_METRICS_PORT, path: '/stats/prometheus' },
      }),
    );
  }
  return monitors.map(toManifest);
}

/**
 * Where metrics are taken in plaintext: a Prometheus outside of the mesh could
 * not read them otherwise. Never a port on which there is data.
 */
export function plaintextMetricsPort(
  { monitoring }: Monitored,
  metricsPort: number | undefined,
): number | undefined {
  return monitoring.namespace && monitoring.outsideMesh
    ? metricsPort
    : undefined;
}

/** What one PodMonitor is about. */
export interface MonitorTarget {
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly endpoint: Pick<PodMetricsEndpoint, 'port' | 'path'>;
}

/** Tells a Prometheus of one set of pods; its series carry the database's name. */
export function podMonitor(
  spec: Named,
  { application }: Pick<MonitorOptions, 'application'>,
  { name, selector, endpoint }: MonitorTarget,
): IPodMonitor {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: {
      name,
      namespace: spec.namespace,
      labels: commonLabels(spec, application),
    },
    spec: {
      selector: { matchLabels: selector },
      podMetricsEndpoints: [
        {
          ...endpoint,
          // Dashboards and alerts tell databases apart by it.
          relabelings: [
            {
              action: 'replace',
              targetLabel: 'database',
              replacement: spec.name,
            },
          ],
        },
      ],
    },
  };
}
