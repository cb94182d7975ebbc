import {
  databaseSpecShape,
  type DatabaseSpec,
  type Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Blueprint,
  Manifest,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { z } from 'zod/v3';

const schema = z
  .object({
    ...databaseSpecShape,
    blueprint: z.literal('test').default('test'),
    replicas: z.number().int().min(1).default(3),
    size: z.string().default('10Gi'),
    motto: z.string().default('hold the line'),
    exposed: z.boolean().default(true),
  })
  .strict();

export interface TestSpec extends DatabaseSpec {
  readonly blueprint: 'test';
  readonly replicas: number;
  readonly size: string;
  readonly motto: string;
  readonly exposed: boolean;
}

/** What a test decides about the blueprint. */
export interface Script {
  requirements: Requirement[];
  /** Runs as the blueprint's only action. */
  action(): Promise<string>;
  waitTimeoutMs: number;
}

/**
 * A small blueprint whose only wait looks at ConfigMap `<name>-status`, which
 * plays the Gateway: `address` is its address, `why` its condition, `broken`
 * a condition that waiting cannot mend.
 */
export function createTestBlueprint(script: Script): Blueprint<TestSpec> {
  return {
    kind: 'test',
    title: 'Test',
    description: 'For tests of the engine',
    schema,
    immutableFields: ['size'],
    requirements: () => script.requirements,
    stages: spec => stages(spec, script),
    operations: () => [],
    checks: () => [],
    access: spec => ({
      protocol: 'cql',
      exposure: spec.exposed ? 'tls' : 'none',
      gateway: object(spec, 'v1', 'ConfigMap', `${spec.name}-status`),
      tlsPorts: [9041],
      plaintextPorts: [],
      serverName: spec.name,
      inClusterHost: spec.name,
      caSecret: `${spec.name}-tls`,
      certificate: `${spec.name}-tls`,
      applicationRoleSecret: `${spec.name}-login`,
      datacenter: 'dc1',
    }),
    observation: spec => ({
      podLabels: { 'app.kubernetes.io/instance': spec.name },
      container: 'main',
      statefulSet: spec.name,
      replicas: spec.replicas,
      certificates: [
        {
          name: `${spec.name}-ca`,
          secret: `${spec.name}-ca`,
          purpose: 'ca',
        },
        {
          name: `${spec.name}-tls`,
          secret: `${spec.name}-tls`,
          purpose: 'service',
        },
      ],
      gateway: object(spec, 'v1', 'ConfigMap', `${spec.name}-status`),
      routes: [],
      meshMode: 'none',
      clientPort: 9042,
      publicLogins: [],
    }),
  };
}

function object(
  spec: TestSpec,
  apiVersion: string,
  kind: string,
  name: string,
) {
  return { apiVersion, kind, name, namespace: spec.namespace };
}

function manifest(
  spec: TestSpec,
  apiVersion: string,
  kind: string,
  name: string,
  content: object,
): Manifest {
  const metadata = { name, namespace: spec.namespace };
  return { apiVersion, kind, metadata, ...content };
}

function stages(spec: TestSpec, script: Script): Stage[] {
  const { name, namespace } = spec;
  const fence: Stage = {
    name: 'namespace',
    title: 'Namespace',
    manifests: () => [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: namespace,
          labels: { 'istio.io/dataplane-mode': 'ambient' },
        },
      },
    ],
    waits: [],
  };
  const credentials: Stage = {
    name: 'credentials',
    title: 'Credentials',
    secrets: [
      {
        name: `${name}-login`,
        data: {
          username: { from: 'literal', value: `${name}_app` },
          password: { from: 'random', length: 24 },
          hash: { from: 'sha512crypt', key: 'password' },
          file: { from: 'template', text: 'login: {{username}}:{{hash}}' },
        },
      },
    ],
    manifests: () => [],
    waits: [],
  };
  const gateway: Stage = {
    name: 'gateway',
    title: 'Gateway',
    manifests: () => [
      manifest(spec, 'v1', 'ConfigMap', `${name}-gateway`, {
        data: { motto: spec.motto },
      }),
    ],
    waits: [statusWait(spec, script)],
  };
  return [
    fence,
    credentials,
    ...(spec.exposed ? [gateway] : []),
    ring(spec, script),
  ];
}

function statusWait(spec: TestSpec, script: Script): Stage['waits'][number] {
  return {
    kind: 'object',
    name: `Gateway ${spec.namespace}/${spec.name} has an address`,
    ref: object(spec, 'v1', 'ConfigMap', `${spec.name}-status`),
    timeoutMs: script.waitTimeoutMs,
    remedy: `Look at: kubectl describe gateway -n ${spec.namespace}`,
    evaluate(status) {
      const { address, why, broken } = status?.data ?? {};
      if (broken) return { state: 'failed', why: broken, remedy: 'Mend it' };
      if (!address) return { state: 'waiting', why: why ?? 'no status yet' };
      return {
        state: 'done',
        message: address,
        observed: { gatewayAddresses: [{ type: 'IPAddress', value: address }] },
      };
    },
  };
}

function ring(spec: TestSpec, script: Script): Stage {
  const { name } = spec;
  const labels = { 'app.kubernetes.io/instance': name };
  return {
    name: 'database',
    title: 'Database',
    manifests: observed => [
      manifest(spec, 'v1', 'Service', name, {
        spec: { selector: labels, ports: [{ name: 'tcp-cql', port: 9042 }] },
      }),
      manifest(spec, 'apps/v1', 'StatefulSet', name, {
        spec: {
          serviceName: name,
          replicas: spec.replicas,
          selector: { matchLabels: labels },
          template: {
            metadata: {
              labels,
              annotations: {
                address: observed.gatewayAddresses[0]?.value ?? 'none',
                login: observed.secretHashes[`${name}-login`],
              },
            },
            spec: { containers: [{ name: 'main', image: 'test:1' }] },
          },
        },
      }),
    ],
    actions: [{ name: 'Make the role', run: () => script.action() }],
    waits: [
      {
        kind: 'probe',
        name: `Login to ${name} works`,
        timeoutMs: 60_000,
        everyMs: 1000,
        remedy: 'Look at the logs',
        probe: async () => ({ state: 'done', message: 'accepted' }),
      },
    ],
  };
}
