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

it('looks after some of many databases each time, those first that have waited longest', async () => {
  const tasks: Task[] = [];
  const swept: string[] = [];
  const refs = Array.from({ length: 450 }, (_, index) => ({
    kubernetesCluster: 'eu-1',
    namespace: `orders-${index}`,
  }));
  await scheduleSweep({
    scheduler: {
      scheduleTask: async task => {
        tasks.push(task as unknown as Task);
      },
    },
    databases: { list: async () => refs.map(ref => ({ ref, state: 'ready' })) },
    credentials: {
      async sweep({ namespace }) {
        swept.push(namespace);
        return 0;
      },
    },
    logger: mockServices.logger.mock(),
  });
  for (const count of [200, 400, 600]) {
    await tasks[0].fn(new AbortController().signal);
    expect(swept).toHaveLength(count);
    expect(new Set(swept).size).toBe(Math.min(count, refs.length));
  }
});
