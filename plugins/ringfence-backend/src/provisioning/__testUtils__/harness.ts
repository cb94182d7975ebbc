import { mockServices } from '@backstage/backend-test-utils';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  KubernetesCluster,
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  createMemoryKubernetesCluster,
  type MemoryKubernetesCluster,
} from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../../blueprints';
import { createDatabases } from '../../databases';
import { Provisioner } from '../Provisioner';
import { ManualClock, turns } from './ManualClock';
import { createTestBlueprint, type Script } from './testBlueprint';

export const SPEC = {
  blueprint: 'test',
  name: 'orders',
  namespace: 'orders',
  kubernetesCluster: 'memory',
  owner: 'group:default/payments',
};
export const REF = { kubernetesCluster: 'memory', namespace: 'orders' };
export const ACTOR = 'user:default/ada';
export const ADDRESS = '10.0.0.7';

type Method = 'apply' | 'create' | 'get' | 'delete' | 'list';

/** What a test makes of calls to the API server: throw, hang or let pass. */
export type Interference = (
  method: Method,
  target: { kind: string; name?: string; metadata?: { name: string } },
) => Promise<void> | void;

export interface Hooks {
  /** Called before each call that a run makes. */
  interfere: Interference;
  /** Answers a create in the place of the memory, for what that does not serve. */
  answer?(manifest: Manifest): KubernetesObject | undefined;
  /** What runs act on the database with. */
  tools?: Partial<DatabaseTools>;
}

export interface Harness {
  readonly kubernetes: MemoryKubernetesCluster;
  readonly clock: ManualClock;
  readonly script: Script;
  readonly provisioner: Provisioner;
  readonly databases: ReturnType<typeof createDatabases>;
  readonly hooks: Hooks;
  /** Writes the status that the test blueprint's wait looks at. */
  status(data: Record<string, string>): Promise<void>;
  /** Provisions to the end. */
  provision(
    spec?: Record<string, unknown>,
    options?: { signal?: AbortSignal; actor?: string },
  ): Running;
  read(
    kind: string,
    name: string,
    apiVersion?: string,
  ): ReturnType<KubernetesCluster['get']>;
}

/** A run and what it said so far. */
export interface Running {
  readonly events: ProvisioningEvent[];
  readonly ended: Promise<ProvisioningEvent[]>;
}

/** A Provisioner on a Kubernetes cluster in memory, with the test blueprint. */
export function createHarness(
  options: { scratchNamespace?: string } = {},
): Harness {
  const kubernetes = createMemoryKubernetesCluster();
  const clock = new ManualClock();
  const hooks: Hooks = { interfere: () => {}, tools: {} };
  const script: Script = {
    requirements: [],
    action: async () => 'Role orders_app is there',
    waitTimeoutMs: 300_000,
  };
  const blueprints = createBlueprintRegistry([createTestBlueprint(script)]);
  const entry = {
    kubernetes: interfered(kubernetes, hooks),
    defaults: { scratchNamespace: options.scratchNamespace },
  };
  const clusters = {
    listUsable: () => [entry],
    listUnusable: () => [],
    get: () => entry,
  };
  const logger = mockServices.logger.mock();
  const provisioner = new Provisioner({
    clusters,
    blueprints,
    logger,
    clock,
    createTools: () => hooks.tools as DatabaseTools,
  });
  return {
    kubernetes,
    clock,
    script,
    provisioner,
    databases: createDatabases({ clusters, blueprints, logger }),
    hooks,
    async status(data) {
      // Its status is read as the Gateway's, where a database is there already.
      const addresses = [{ type: 'IPAddress', value: data.address }];
      await kubernetes.as('gateway-controller', { force: true }).apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'orders-status', namespace: 'orders' },
        data,
        ...(data.address && { status: { addresses } }),
      } as Manifest);
    },
    provision(spec = {}, { signal, actor = ACTOR } = {}) {
      return follow(
        provisioner.provision(
          { ...SPEC, ...spec },
          { signal: signal ?? new AbortController().signal, actor },
        ),
      );
    },
    read: (kind, name, apiVersion = 'v1') =>
      kubernetes.get({
        apiVersion,
        kind,
        name,
        namespace: kind === 'Namespace' ? undefined : 'orders',
      }),
  };
}

/** Reads a run's events as they come. */
export function follow(iterable: AsyncIterable<ProvisioningEvent>): Running {
  const events: ProvisioningEvent[] = [];
  const ended = (async () => {
    for await (const event of iterable) events.push(event);
    return events;
  })();
  return { events, ended };
}

/** A database that is there, and the Gateway's status with it. */
export async function provisioned(harness: Harness): Promise<void> {
  const running = harness.provision();
  await until(() => running.events.some(event => event.type === 'waiting'));
  await harness.status({ address: ADDRESS });
  await running.ended;
}

/** Waits for a condition without a clock. */
export async function until(condition: () => boolean | Promise<boolean>) {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (await condition()) return;
    await turns();
  }
  throw new Error('What the test waits for did not come about');
}

export function lastOf(
  events: readonly ProvisioningEvent[],
): ProvisioningEvent {
  return events[events.length - 1];
}

/** What a run came to. @throws where it failed */
export function done(events: readonly ProvisioningEvent[]) {
  const last = lastOf(events);
  if (last.type === 'done') return last.outcome;
  throw new Error(`Ended with ${JSON.stringify(last)}`);
}

/** How a run failed. @throws where it did not */
export function failed(events: readonly ProvisioningEvent[]) {
  const last = lastOf(events);
  if (last.type === 'failed') return last;
  throw new Error(`Ended with ${JSON.stringify(last)}`);
}

/** `created Secret orders/orders-login` for each object event. */
export function changes(events: readonly ProvisioningEvent[]): string[] {
  return events.flatMap(event =>
    event.type === 'object' ? [`${event.change} ${event.object}`] : [],
  );
}

function interfered(
  kubernetes: KubernetesCluster,
  hooks: Hooks,
): KubernetesCluster {
  const before: Interference = (...call) => hooks.interfere(...call);
  return {
    name: kubernetes.name,
    discover: () => kubernetes.discover(),
    updateStatus: object => kubernetes.updateStatus(object),
    watch: (...args) => kubernetes.watch(...args),
    exec: (...args) => kubernetes.exec(...args),
    portForward: (...args) => kubernetes.portForward(...args),
    apply: async (...args) => {
      await before('apply', args[0]);
      return kubernetes.apply(...args);
    },
    create: async (...args) => {
      await before('create', args[0]);
      const answer = hooks.answer?.(args[0]);
      if (answer) return answer;
      return kubernetes.create(...args);
    },
    get: async ref => {
      await before('get', ref);
      return kubernetes.get(ref);
    },
    list: async selector => {
      await before('list', selector);
      return kubernetes.list(selector);
    },
    delete: async (...args) => {
      await before('delete', args[0]);
      return kubernetes.delete(...args);
    },
  };
}
