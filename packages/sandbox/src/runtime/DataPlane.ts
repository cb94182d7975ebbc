import {
  allocateLoopbackBlock,
  findCassandra,
  startCassandraRing,
  startGateway,
  startStubRing,
  startTelemetryServer,
} from '@ringfence/data-plane';

/** What really runs underneath the sandbox; tests replace parts of it. */
export interface DataPlane {
  readonly allocateLoopbackBlock: typeof allocateLoopbackBlock;
  readonly findCassandra: typeof findCassandra;
  readonly startCassandraRing: typeof startCassandraRing;
  readonly startStubRing: typeof startStubRing;
  readonly startGateway: typeof startGateway;
  readonly startTelemetryServer: typeof startTelemetryServer;
}

/** The data plane of this repository. */
export const dataPlane: DataPlane = {
  allocateLoopbackBlock,
  findCassandra,
  startCassandraRing,
  startStubRing,
  startGateway,
  startTelemetryServer,
};
