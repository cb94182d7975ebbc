import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import type {
  CredentialRequest,
  ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Plan } from '@ringfence/backstage-plugin-ringfence-node';
import { parse } from 'yaml';

export const AT = '2026-01-02T03:04:05.000Z';

export const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
  owner: 'group:default/payments',
};

export const DONE: ProvisioningEvent = {
  type: 'done',
  at: AT,
  outcome: {
    database: 'eu-1/orders',
    entityRef: 'resource:default/eu-1.orders',
    changed: true,
    gatewayAddresses: ['192.0.2.1'],
    gatewayPorts: [9041, 9042],
    summary: 'Database "orders" is ready',
  },
};

export const PLAN: Plan = {
  checkedBy: 'server-side dry run in namespace "orders"',
  notes: ['fs.aio-max-nr cannot be seen from here'],
  stages: [
    {
      name: 'namespace',
      title: 'Namespace',
      manifests: [
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: 'orders' },
        },
      ],
      secrets: [],
      actions: [],
      waits: [],
    },
    {
      name: 'credentials',
      title: 'Credentials',
      manifests: [],
      secrets: ['orders-superuser', 'orders-app'],
      actions: [],
      waits: [],
    },
    {
      name: 'gateway',
      title: 'Gateway',
      manifests: [
        {
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'Gateway',
          metadata: { name: 'orders-gateway', namespace: 'orders' },
          spec: { gatewayClassName: 'istio' },
        },
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'orders-gateway', namespace: 'orders' },
        },
      ],
      secrets: [],
      actions: ['create the application role'],
      waits: ['Gateway orders/orders-gateway has an address'],
    },
  ],
};

/** Answers every change with these events. */
export function fakeRingfence(...events: ProvisioningEvent[]) {
  async function* stream() {
    yield* events;
  }
  return {
    provision: jest.fn((_spec: unknown, _options: unknown) => stream()),
    decommission: jest.fn(
      (_ref: unknown, _request: unknown, _options: unknown) => stream(),
    ),
    plan: jest.fn(async () => PLAN),
    issueCredential: jest.fn(
      async (_ref: unknown, request: CredentialRequest, _options: unknown) => ({
        ...request,
        role: `team_${request.name}_v1`,
        secret: `orders-credential-${request.name}`,
        issuedBy: 'user:default/ada',
        issuedAt: AT,
      }),
    ),
  };
}

/** A context, and what the action logged and gave as output. */
export function actionContext(
  input: object,
  overrides: { isDryRun?: boolean; signal?: AbortSignal } = {},
) {
  const context = createMockActionContext({ input: { ...input } });
  const lines: string[] = [];
  const logger = {
    info: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(line),
  };
  const outputs: Record<string, unknown> = {};
  const output = (name: string, value: unknown) => {
    outputs[name] = value;
  };
  const ctx = { ...context, ...overrides, logger, output } as any;
  return { ctx, lines, outputs };
}

/** The input of an example's only step. */
export function inputOf({ example }: TemplateExample): Record<string, unknown> {
  return parse(example).steps[0].input;
}
