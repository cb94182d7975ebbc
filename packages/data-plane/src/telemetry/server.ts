import type { Telemetry } from './Telemetry';

export interface TelemetryServerOptions {
  /** Loopback address to listen on. */
  readonly address: string;
  /** `/stats/prometheus`, `/healthz/ready`. 15020 in a mesh; 0: any free one. */
  readonly statsPort: number;
  /** `/config_dump`. 15000 in a mesh; 0: any free one. */
  readonly adminPort: number;
  readonly telemetry: Telemetry;
}

/** The two HTTP servers of a ztunnel. */
export interface TelemetryServer {
  readonly address: string;
  readonly statsPort: number;
  readonly adminPort: number;
  /** May be called again. */
  stop(): Promise<void>;
}

/** Serves telemetry as ztunnel does. */
export async function startTelemetryServer(
  _options: TelemetryServerOptions,
): Promise<TelemetryServer> {
  throw new Error('not built yet');
}
