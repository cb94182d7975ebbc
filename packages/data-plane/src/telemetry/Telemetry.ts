import { renderConfigDump } from './configDump';
import { renderMetrics } from './metrics';
import { renderSidecarMetrics } from './sidecarMetrics';
import type {
  Flow,
  FlowConnection,
  FlowEnds,
  FlowTotals,
  MeshState,
  MeshWorkload,
  Reporter,
  TelemetryOptions,
} from './types';

/** One row of the metrics: what one reporter counted of one kind of flow. */
export interface FlowCounts {
  readonly reporter: Reporter;
  readonly flow: Flow;
  opened: number;
  closed: number;
  receivedBytes: number;
  sentBytes: number;
}

/** A connection that is open now. */
export interface OpenFlow {
  readonly flow: Flow;
  readonly ends: FlowEnds;
}

/** Settings, completed. */
export interface TelemetrySettings {
  readonly proxy: 'ztunnel' | 'sidecar';
  readonly trustDomain: string;
  readonly clusterId: string;
  readonly version: string;
}

/** Counts connections as the proxies of a mesh do, and prints them in their form. */
export class Telemetry {
  readonly #settings: TelemetrySettings;
  readonly #rows = new Map<string, FlowCounts>();
  readonly #open = new Set<OpenFlow>();
  #mesh: MeshState = { pods: [], policies: [], certificates: [] };

  constructor(options: TelemetryOptions = {}) {
    this.#settings = {
      proxy: options.proxy ?? 'ztunnel',
      trustDomain: options.trustDomain ?? 'cluster.local',
      clusterId: options.clusterId ?? 'Kubernetes',
      version: options.version ?? 'unknown',
    };
  }

  /** Counts a connection that is open from now on. */
  open(flow: Flow, ends: FlowEnds): FlowConnection {
    const rows = this.#rowsOf(flow);
    const entry: OpenFlow = { flow, ends };
    this.#open.add(entry);
    for (const row of rows) row.opened += 1;
    return {
      received: bytes => rows.forEach(row => (row.receivedBytes += bytes)),
      sent: bytes => rows.forEach(row => (row.sentBytes += bytes)),
      close: () => {
        if (!this.#open.delete(entry)) return;
        for (const row of rows) row.closed += 1;
      },
    };
  }

  /** Counts connections that were not seen one by one. */
  record(flow: Flow, totals: FlowTotals): void {
    for (const row of this.#rowsOf(flow)) {
      row.opened += totals.opened;
      row.closed += totals.closed ?? 0;
      row.receivedBytes += totals.receivedBytes ?? 0;
      row.sentBytes += totals.sentBytes ?? 0;
    }
  }

  /** Replaces what `/config_dump` shows besides open connections. */
  setMesh(state: Partial<MeshState>): void {
    this.#mesh = { ...this.#mesh, ...state };
  }

  /** What the proxy answers on `:15020/stats/prometheus`. */
  renderPrometheus(): string {
    const render =
      this.#settings.proxy === 'sidecar' ? renderSidecarMetrics : renderMetrics;
    return render([...this.#rows.values()], this.#settings);
  }

  /** What ztunnel answers on `:15000/config_dump`. */
  renderConfigDump(): string {
    return renderConfigDump(this.#mesh, [...this.#open], this.#settings);
  }

  #rowsOf(flow: Flow): FlowCounts[] {
    return reportersOf(flow).map(reporter => {
      const key = JSON.stringify([reporter, keyOf(flow)]);
      const row = this.#rows.get(key) ?? {
        reporter,
        flow,
        opened: 0,
        closed: 0,
        receivedBytes: 0,
        sentBytes: 0,
      };
      this.#rows.set(key, row);
      return row;
    });
  }
}

function reportersOf(flow: Flow): readonly Reporter[] {
  if (flow.reporters) return flow.reporters;
  return flow.securityPolicy === 'mutual_tls'
    ? ['source', 'destination']
    : ['destination'];
}

/** Equal for flows that are counted together. */
function keyOf(flow: Flow): unknown[] {
  const workload = (it: MeshWorkload) => [
    it.workload,
    it.namespace,
    it.serviceAccount,
  ];
  return [
    workload(flow.source),
    workload(flow.destination),
    flow.securityPolicy,
    flow.destinationService?.name,
    flow.destinationService?.namespace,
    flow.responseFlags,
  ];
}
