import {
  actionContext,
  DONE,
  fakeRingfence,
  inputOf,
} from '../__testUtils__/fakes';
import { createDecommissionAction } from './decommission';
import { examples } from './decommission.examples';

it.each(examples.map(example => [example.description, example] as const))(
  'runs the example: %s',
  async (_description, example) => {
    const ringfence = fakeRingfence(DONE);
    const input = inputOf(example);
    const { ctx, outputs } = actionContext(input);
    await createDecommissionAction({ ringfence }).handler(ctx);
    expect(ringfence.decommission).toHaveBeenCalledWith(
      { kubernetesCluster: 'eu-1', namespace: 'orders' },
      { confirm: 'orders', deleteVolumes: input.deleteVolumes ?? false },
      { credentials: await ctx.getInitiatorCredentials(), signal: undefined },
    );
    expect(outputs).toEqual({
      database: 'eu-1/orders',
      entityRef: 'resource:default/eu-1.orders',
      changed: true,
    });
  },
);

it('refuses an address of another form', async () => {
  const ringfence = fakeRingfence(DONE);
  const { ctx } = actionContext({ database: 'orders', confirm: 'orders' });
  await expect(
    createDecommissionAction({ ringfence }).handler(ctx),
  ).rejects.toThrow(
    'database: expected "<kubernetesCluster>/<namespace>", got "orders"',
  );
  expect(ringfence.decommission).not.toHaveBeenCalled();
});

it('only says what it would do in a dry run', async () => {
  const ringfence = fakeRingfence(DONE);
  const input = { database: 'eu-1/orders', confirm: 'orders' };
  const { ctx, lines, outputs } = actionContext(input, { isDryRun: true });
  await createDecommissionAction({ ringfence }).handler(ctx);
  expect(lines).toEqual([
    'Would decommission "eu-1/orders" and keep its volumes',
  ]);
  expect(outputs).toEqual({
    database: 'eu-1/orders',
    entityRef: 'resource:default/eu-1.orders',
    changed: false,
  });
  expect(ringfence.decommission).not.toHaveBeenCalled();
});
