import type {
  Flow,
  FlowConnection,
  FlowEnds,
  FlowTotals,
  MeshState,
  TelemetryOptions,
} from './types';

/** Counts connections as the ztunnels of a mesh do, and prints them in their form. */
export class Telemetry {
  constructor(_options: TelemetryOptions = {}) {}

  /** Counts a connection that is open from now on. */
  open(_flow: Flow, _ends: FlowEnds): FlowConnection {
    throw new Error('not built yet');
  }

  /** Counts connections that were not seen one by one. */
  record(_flow: Flow, _totals: FlowTotals): void {
    throw new Error('not built yet');
  }

  /** Replaces what `/config_dump` shows besides open connections. */
  setMesh(_state: Partial<MeshState>): void {
    throw new Error('not built yet');
  }

  /** What ztunnel answers on `:15020/stats/prometheus`. */
  renderPrometheus(): string {
    throw new Error('not built yet');
  }

  /** What ztunnel answers on `:15000/config_dump`. */
  renderConfigDump(): string {
    throw new Error('not built yet');
  }
}
