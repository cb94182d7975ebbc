export { startControlPlane } from './startControlPlane';
export type { ControlPlane, ControlPlaneOptions } from './startControlPlane';
export type { Component } from './component';
export type { Kubectl } from './kubectl';
export { until } from './until';
