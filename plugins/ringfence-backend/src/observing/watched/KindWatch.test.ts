import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type {
  KubernetesObject,
  WatchEvent,
  WatchOptions,
} from '@ringfence/backstage-plugin-ringfence-node';
import { KindWatch } from './KindWatch';

const NOW = new Date('2026-06-01T12:00:00Z');
const SERVICES = { apiVersion: 'v1', kind: 'Service' };

const service = (name: string): KubernetesObject => ({
  ...SERVICES,
  metadata: { name, namespace: 'orders' },
});
const added = (name: string): WatchEvent => ({
  type: 'added',
  object: service(name),
});
const SYNCED: WatchEvent = { type: 'synced' };

/** What one watch tells, one thing after another; an error ends it. */
type Script = ReadonlyArray<
  WatchEvent | Error | ((options: WatchOptions) => void)
>;

/** Follows through these watches, and stops once there is none left. */
async function follow(
  scripts: readonly Script[],
  { random = () => 1 }: { random?: () => number } = {},
) {
  const over = new AbortController();
  const left = [...scripts];
  const waited: number[] = [];
  const states: string[] = [];
  const seen: string[] = [];
  let nowMs = NOW.getTime();
  const watch: KindWatch = new KindWatch(SERVICES, {
    clock: () => new Date(nowMs),
    isWanted: () => true,
    onChange: () => {
      states.push(watch.state.is);
    },
    timing: {
      random,
      async pause(ms) {
        waited.push(ms);
        nowMs += ms;
        seen.push(
          watch.index
            .list()
            .map(({ metadata }) => metadata.name)
            .join(' '),
        );
        if (left.length === 0) over.abort();
      },
    },
    kubernetes: {
      async *watch(_selector, options) {
        for (const step of left.shift() ?? []) {
          if (step instanceof Error) throw step;
          if (typeof step === 'function') step(options);
          else yield step;
        }
      },
    },
  });
  await watch.run(over.signal);
  return { watch, waited, states, seen };
}

const AWAY = new Error('no route to host');

it.each([
  [1, [1, 2, 4, 8, 16, 30, 30]],
  [0, [0.5, 1, 2, 4, 8, 15, 15]],
])(
  'tries again ever later, up to half a minute, spread by chance (%d)',
  async (chance, seconds) => {
    const failing = seconds.map(() => [AWAY]);
    const { waited } = await follow(failing, { random: () => chance });
    expect(waited).toEqual(seconds.map(second => second * 1_000));
  },
);

it('begins anew with short waits once it was in order', async () => {
  const { waited } = await follow([[AWAY], [AWAY], [SYNCED, AWAY], [AWAY]]);
  expect(waited).toEqual([1_000, 2_000, 1_000, 2_000]);
});

it.each([
  ['may not be watched', new NotAllowedError('forbidden'), 'refused'],
  ['is not served', new NotFoundError('no such kind'), 'absent'],
])('looks once a minute whether what %s is now', async (_what, error, is) => {
  const { watch, waited } = await follow([[error], [error]]);
  expect(waited).toEqual([60_000, 60_000]);
  expect(watch.state.is).toBe(is);
  await watch.firstSync();
});

it('says since when it is interrupted, whatever comes of further tries', async () => {
  const { watch } = await follow([
    [SYNCED, AWAY],
    [AWAY],
    [new Error('other')],
  ]);
  expect(watch.state).toEqual({ is: 'interrupted', why: 'other', since: NOW });
});

it('keeps what it knew while it is interrupted, and forgets what a new list does not name', async () => {
  const { seen } = await follow([
    [added('one'), added('two'), SYNCED, AWAY],
    [AWAY],
    [added('two'), added('three'), SYNCED, AWAY],
  ]);
  expect(seen).toEqual(['one two', 'one two', 'two three']);
});

it('believes the end of an interruption only once a list was taken in', async () => {
  const { states } = await follow([
    [
      added('one'),
      SYNCED,
      ({ onInterruption }) => onInterruption?.(AWAY),
      ({ onInterruption }) => onInterruption?.(undefined),
      AWAY,
    ],
    [({ onInterruption }) => onInterruption?.(undefined), AWAY],
  ]);
  expect(states).toEqual([
    'starting',
    'current',
    'interrupted',
    'current',
    'interrupted',
  ]);
});

it('takes an end without an error for an interruption', async () => {
  const { watch } = await follow([[SYNCED]]);
  expect(watch.state).toMatchObject({ why: 'the watch has ended' });
});

it('passes over what is no object', async () => {
  const garbage = [null, {}, { metadata: null }, { metadata: { name: 7 } }];
  const events = garbage.map(
    object => ({ type: 'added', object } as unknown as WatchEvent),
  );
  const { watch } = await follow([[...events, added('one'), SYNCED, AWAY]]);
  expect(watch.index.list()).toHaveLength(1);
});

it('does not take back in what was deleted while its namespace was listed', async () => {
  const deleted: WatchEvent = { type: 'deleted', object: service('one') };
  let go: () => void = () => {};
  const going = new Promise<void>(resolve => {
    go = resolve;
  });
  const over = new AbortController();
  const watch = new KindWatch(SERVICES, {
    clock: () => NOW,
    isWanted: () => true,
    onChange: () => {},
    timing: { pause: async () => over.abort() },
    kubernetes: {
      async *watch() {
        yield SYNCED;
        await going;
        yield deleted;
      },
    },
  });
  const running = watch.run(over.signal);
  await watch.firstSync();
  await watch.fill('orders', async () => {
    go();
    await running;
    return [service('one'), service('two')];
  });
  expect(watch.index.list().map(({ metadata }) => metadata.name)).toEqual([
    'two',
  ]);
});
