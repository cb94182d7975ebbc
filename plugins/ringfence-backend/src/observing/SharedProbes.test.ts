import { mockServices } from '@backstage/backend-test-utils';
import type { DatabaseTools } from '@ringfence/backstage-plugin-ringfence-node';
import type { ProbeResult } from '../history';
import type { ProbeContext } from './probes/Probe';
import { ProbeBook } from './probes/ProbeBook';
import { SharedProbes } from './SharedProbes';

const NOW = new Date('2026-06-01T12:00:00Z');
const KEY = 'eu-1/orders uid';
const clock = () => NOW;

/** A replica of the portal on a table that all of them have. */
function replica(table: Map<string, ProbeResult>) {
  const adopted: string[] = [];
  const exec = jest.fn(async () => ({
    exitCode: 0,
    stdout: 'UN  10.0.0.1  1 KiB',
    stderr: '',
  }));
  const target = {
    key: KEY,
    context: {
      namespace: 'orders',
      kubernetes: { name: 'eu-1' },
      observation: { ringCommand: ['nodetool', 'status'], container: 'scylla' },
      objects: {
        pods: {
          known: true,
          value: [{ metadata: { name: 'orders-0' } }],
          at: NOW,
        },
        statefulSet: { known: false, why: 'not here', at: NOW },
      },
      tools: { exec } as unknown as DatabaseTools,
    } as unknown as ProbeContext,
    requests: () => 0,
  };
  let share: SharedProbes['add'] = () => {};
  const book = new ProbeBook({ clock, onRan: ran => share(ran) });
  const shared = new SharedProbes({
    book,
    clock,
    logger: mockServices.logger.mock(),
    isLeading: () => false,
    onAdopted: ({ namespace }) => adopted.push(namespace),
    history: {
      saveProbes: async results =>
        results.forEach(result => table.set(result.group, result)),
      listProbes: async () => [...table.values()],
      prune: async () => {},
    },
  });
  share = ran => shared.add(ran);
  return { book, shared, target, exec, adopted };
}

it('knows what another replica found out, with its age, without asking again', async () => {
  const table = new Map<string, ProbeResult>();
  const one = replica(table);
  await one.book.run('nodetool', one.target);
  await one.shared.stop();

  const two = replica(table);
  await two.shared.start();
  expect(two.adopted).toEqual(['orders']);
  expect((await two.book.read(two.target, {})).ring).toEqual({
    known: true,
    value: [
      { address: '10.0.0.1', state: 'UN', datacenter: '', load: '1 KiB' },
    ],
    at: NOW,
  });
  expect(two.exec).not.toHaveBeenCalled();
  await two.shared.stop();
});

it.each([
  ['half a row', { answers: '{"ring":' }],
  ['a group of another version', { group: 'tarot' }],
  ['a predecessor of the same name', { uid: 'other' }],
])('takes nothing from %s', async (_what, change) => {
  const row: ProbeResult = {
    ref: { kubernetesCluster: 'eu-1', namespace: 'orders' },
    group: 'nodetool',
    uid: 'uid',
    answers: '{"ring":{"known":true,"value":[],"at":"2026-06-01T12:00:00Z"}}',
    ranAt: NOW,
    ...change,
  };
  const { book, shared, target } = replica(new Map([['nodetool', row]]));
  await shared.start();
  expect((await book.read(target, {})).ring).toMatchObject({
    known: false,
    why: 'Not looked at yet',
  });
  await shared.stop();
});

it('probes once for all who ask at the same time', async () => {
  const { book, target, exec } = replica(new Map());
  await Promise.all([
    book.run('nodetool', target),
    book.run('nodetool', target),
  ]);
  expect(exec).toHaveBeenCalledTimes(1);
});
