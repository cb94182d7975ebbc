import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { once } from 'node:events';
import {
  actionContext,
  AT,
  DONE,
  fakeRingfence,
  inputOf,
  PLAN,
  SPEC,
} from '../__testUtils__/fakes';
import { createProvisionAction } from './provision';
import { examples } from './provision.examples';

const ENTITY = { kind: 'Resource' } as never;
const catalogWith = (...entities: unknown[]) => ({
  getEntityByRef: jest.fn(async () => entities.shift() as never),
});
const failed = (
  overrides: Partial<ProvisioningEvent & { type: 'failed' }> = {},
): ProvisioningEvent => ({
  type: 'failed',
  at: AT,
  name: 'ConflictError',
  message: 'Gateway "orders/orders-gateway" has no address after 120 s',
  remedy: 'Look at: kubectl describe gateway orders-gateway -n orders',
  resumable: true,
  ...overrides,
});

it.each(examples.map(example => [example.description, example] as const))(
  'runs the example: %s',
  async (_description, example) => {
    const ringfence = fakeRingfence(DONE);
    const action = createProvisionAction({
      ringfence,
      catalog: catalogWith(ENTITY),
    });
    const { ctx, outputs } = actionContext(inputOf(example));
    await action.handler(ctx);
    expect(ringfence.provision).toHaveBeenCalledWith(inputOf(example), {
      credentials: await ctx.getInitiatorCredentials(),
      signal: undefined,
    });
    expect(outputs).toEqual({
      database: 'eu-1/orders',
      entityRef: 'resource:default/eu-1.orders',
      gatewayAddresses: ['192.0.2.1'],
      gatewayPorts: [9041, 9042],
      changed: true,
    });
  },
);

it("lets the blueprint's own fields pass", () => {
  const { schema } = createProvisionAction({
    ringfence: fakeRingfence(),
    catalog: catalogWith(),
  });
  expect(schema?.input).toMatchObject({
    type: 'object',
    required: Object.keys(SPEC),
    additionalProperties: true,
  });
});

it('waits until the entity is in the catalog', async () => {
  const catalog = catalogWith(undefined, undefined, ENTITY);
  const { ctx, lines } = actionContext(SPEC);
  await createProvisionAction({
    ringfence: fakeRingfence(DONE),
    catalog,
    entityTimings: { everyMs: 1 },
  }).handler(ctx);
  expect(catalog.getEntityByRef).toHaveBeenCalledTimes(3);
  expect(lines).toContain(
    'Entity resource:default/eu-1.orders is in the catalog',
  );
});

it('succeeds without the entity, and says what may be missing', async () => {
  const { ctx, lines, outputs } = actionContext(SPEC);
  await createProvisionAction({
    ringfence: fakeRingfence(DONE),
    catalog: catalogWith(),
    entityTimings: { everyMs: 1, timeoutMs: 5 },
  }).handler(ctx);
  expect(lines.at(-1)).toContain('is not in the catalog yet');
  expect(outputs.database).toBe('eu-1/orders');
});

it.each([
  [
    'with the remedy and how to go on',
    failed(),
    'Gateway "orders/orders-gateway" has no address after 120 s. Look at: kubectl describe gateway orders-gateway -n orders. Run it again with the same values to go on from here.',
  ],
  [
    'without saying anything twice',
    failed({
      message: 'Cancelled. Run it again with the same spec.',
      remedy: 'Run it again with the same spec.',
    }),
    'Cancelled. Run it again with the same spec.',
  ],
  [
    'without more where there is no more to say',
    failed({ remedy: undefined, resumable: false }),
    'Gateway "orders/orders-gateway" has no address after 120 s.',
  ],
])('fails %s', async (_how, event, message) => {
  const action = createProvisionAction({
    ringfence: fakeRingfence(event),
    catalog: catalogWith(),
  });
  const { ctx, outputs } = actionContext(SPEC);
  await expect(action.handler(ctx)).rejects.toMatchObject({
    name: 'ConflictError',
    message,
  });
  expect(outputs).toEqual({});
});

it('passes a cancel on, and says what exists', async () => {
  const cancel = new AbortController();
  const ringfence = {
    ...fakeRingfence(),
    provision: async function* run(_spec: unknown, options: any) {
      yield {
        type: 'object',
        at: AT,
        object: 'Namespace orders',
        change: 'created',
      } as const;
      queueMicrotask(() => cancel.abort());
      await once(options.signal, 'abort');
      yield failed({
        name: 'CancelledError',
        message: 'Cancelled by "user:default/mock"',
        remedy: undefined,
      });
    },
  };
  const { ctx } = actionContext(SPEC, { signal: cancel.signal });
  await expect(
    createProvisionAction({ ringfence, catalog: catalogWith() }).handler(ctx),
  ).rejects.toThrow(
    'Cancelled by "user:default/mock". In place: Namespace orders. Run it again with the same values to go on from here.',
  );
});

it('plans in a dry run, and gives the manifests, without changing anything', async () => {
  const ringfence = fakeRingfence(DONE);
  const catalog = catalogWith();
  const { ctx, lines, outputs } = actionContext(SPEC, { isDryRun: true });
  await createProvisionAction({ ringfence, catalog }).handler(ctx);
  expect(ringfence.provision).not.toHaveBeenCalled();
  expect(lines).toEqual([
    'Nothing is changed. Checked by: server-side dry run in namespace "orders"',
    'note: fs.aio-max-nr cannot be seen from here',
    '[1/3] Namespace',
    'would apply Namespace orders',
    '[2/3] Credentials',
    'would generate Secret orders-superuser',
    'would generate Secret orders-app',
    '[3/3] Gateway',
    'would apply Gateway orders/orders-gateway',
    'would apply ConfigMap orders/orders-gateway',
    'would do: create the application role',
    'would wait for Gateway orders/orders-gateway has an address',
  ]);
  expect(outputs).toMatchObject({
    database: 'eu-1/orders',
    entityRef: 'resource:default/eu-1.orders',
    manifests: PLAN.stages.flatMap(stage => stage.manifests),
  });
});
