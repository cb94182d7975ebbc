/**
 * A data plane on loopback for demo and tests: a ring that speaks CQL, a TLS
 * gateway before it, and the telemetry of the mesh around it.
 */

export { cachedFolder } from './cachedFolder';
export { findCassandra } from './cassandra/findCassandra';
export { nodetoolArguments } from './cassandra/jvmOptions';
export { startCassandraRing } from './cassandra/startCassandraRing';
export type {
  CassandraAuthentication,
  CassandraInstallation,
  CassandraRingOptions,
  CassandraUnavailable,
  FindCassandraOptions,
} from './cassandra/types';
export { startGateway } from './gateway/startGateway';
export type {
  ClientValidation,
  Gateway,
  GatewayListener,
  GatewayOptions,
  GatewayUpstream,
  TlsIdentity,
} from './gateway/types';
export { findIgnite, type IgniteInstallation } from './ignite/findIgnite';
export { IgniteCluster } from './ignite/IgniteCluster';
export {
  StubIgniteCluster,
  type StubIgniteOptions,
} from './ignite/stub/StubIgniteCluster';
export type { StubIgniteSettings } from './ignite/stub/StubState';
export {
  REST_PORT,
  THIN_CLIENT_PORT,
  type IgniteClusterOptions,
  type IgniteStart,
} from './ignite/types';
export { silentLog } from './log';
export type { Log } from './log';
export { allocateLoopbackBlock } from './loopback';
export type { LoopbackBlock } from './loopback';
export { CQL_PORT } from './ring';
export type {
  CqlRing,
  DatabaseNodes,
  NodetoolResult,
  RingLogin,
  RingNode,
  RingNodeOptions,
  RingNodeState,
  RingOptions,
} from './ring';
export { startStubRing } from './stub/startStubRing';
export type { StubRingOptions } from './stub/types';
export { Telemetry } from './telemetry/Telemetry';
export { startTelemetryServer } from './telemetry/server';
export type {
  TelemetryServer,
  TelemetryServerOptions,
} from './telemetry/server';
export type {
  Flow,
  FlowConnection,
  FlowEnds,
  FlowTotals,
  MeshCertificate,
  MeshCertificatePem,
  MeshPod,
  MeshPolicy,
  MeshState,
  MeshWorkload,
  Reporter,
  SecurityPolicy,
  TelemetryOptions,
} from './telemetry/types';
export { findEnvoy } from './envoy/findEnvoy';
export { startEnvoyGateway } from './envoy/startEnvoyGateway';
export type {
  EnvoyGateway,
  EnvoyGatewayOptions,
  EnvoyUpstream,
} from './envoy/startEnvoyGateway';
