/**
 * The controllers and parts of the sandbox that also run against a real API
 * server, where nothing but Istio and the kubelets are imitated.
 */

export {
  startAuthorizationPolicies,
  startMeshState,
  startPodCapture,
} from './ambient';
export { startConnections } from './connections';
export type { ControllerCluster, ControllerContext } from './context';
export {
  itself,
  keyOf,
  refOfKey,
  startController,
  type RunningController,
} from './controller';
export {
  ROUTE_KINDS,
  startGateways,
  startLoadBalancers,
  startRoutes,
  workloadOf,
  type Admission,
  type GatewaysContext,
} from './gateways';
export { startKubelet, type KubeletContext } from './kubelet';
export { startRingRetention } from './ringRetention';
export {
  hasSidecar,
  injectSidecar,
  SIDECAR_PORTS,
  startRootCertificates,
  startSidecars,
  takesSidecar,
  type WebhookClient,
} from './sidecars';
export { mintCertificate } from './certificates/mint';
export { platformManifests, PROVISIONER, VERSIONS } from '../platform';
export { AddressPool } from '../runtime/AddressPool';
export { dataPlane, type DataPlane } from '../runtime/DataPlane';
export { MeshTelemetry } from '../runtime/MeshTelemetry';
export { readOperatedConfig } from '../runtime/databasePod';
export { ringKeyOf } from '../runtime/podRuntime';
export {
  Rings,
  type DescribedRing,
  type IgniteDefinition,
  type RingDefinition,
} from '../runtime/Rings';
