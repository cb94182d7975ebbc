export { startCluster } from './startCluster';
export type { Cluster, ClusterOptions } from './startCluster';
export { NODE_NAMES } from './nodes';
export { openKubernetesCluster } from './kubernetes';
export { startControlPlane } from './startControlPlane';
export type { ControlPlane, ControlPlaneOptions } from './startControlPlane';
export type { Component } from './component';
export type { Kubectl } from './kubectl';
export { until } from './until';
