import { mockServices } from '@backstage/backend-test-utils';
import type { SchedulerServiceTaskScheduleDefinition } from '@backstage/backend-plugin-api';
import { scheduleSweep } from './scheduleSweep';

type Task = SchedulerServiceTaskScheduleDefinition & {
  fn(signal: AbortSignal): Promise<void>;
};

const REFS = ['orders', 'ledger'].map(namespace => ({
  kubernetesCluster: 'eu-1',
  namespace,
}));

it('goes on to the next database where one cannot be looked after, and leaves alone what is not ready', async () => {
  const tasks: Task[] = [];
  const logger = mockServices.logger.mock();
  const sweep = jest.fn(async ({ namespace }: (typeof REFS)[number]) => {
    if (namespace === 'orders') throw new Error('it is being changed');
    return 1;
  });
  await scheduleSweep({
    scheduler: {
      scheduleTask: async task => {
        tasks.push(task as unknown as Task);
      },
    },
    databases: {
      list: async () => [
        { ref: { ...REFS[0], namespace: 'going' }, state: 'decommissioning' },
        ...REFS.map(ref => ({ ref, state: 'ready' as const })),
      ],
    },
    credentials: { sweep },
    logger,
  });
  const [{ id, fn }] = tasks as unknown as [{ id: string } & Task];
  expect(id).toBe('ringfence-credentials');
  await fn(new AbortController().signal);
  expect(sweep.mock.calls.map(([ref]) => ref)).toEqual(REFS);
  expect(logger.warn).toHaveBeenCalledWith(
    'Rotated roles of "eu-1/orders" were not looked after: it is being changed',
  );
});
