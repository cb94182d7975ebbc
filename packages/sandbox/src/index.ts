export { sandboxModule as default } from './module';
export { createSandbox } from './Sandbox';
export type { Sandbox, SandboxOptions } from './Sandbox';
export type { DatesOverride } from './controllers/certificates';
export type { DataPlane } from './runtime/DataPlane';
export type { RingChoice } from './runtime/Rings';
export { createMemoryKubernetesCluster, defaultKinds } from './store';
export type {
  MemoryKubernetesCluster,
  MemoryKubernetesClusterOptions,
  PodRuntime,
  ServedKind,
} from './store';
