import { FreshCache } from './FreshCache';

let nowMs = 0;
let made = 0;
let cache: FreshCache<number>;
const make = async () => {
  made += 1;
  return made;
};

beforeEach(() => {
  nowMs = 0;
  made = 0;
  cache = new FreshCache({ maxAgeMs: 20_000, clock: () => new Date(nowMs) });
});

it('gives the same answer until it is old', async () => {
  expect(await cache.get('a', make)).toBe(1);
  nowMs = 20_000;
  expect(await cache.get('a', make)).toBe(1);
  nowMs = 20_001;
  expect(await cache.get('a', make)).toBe(2);
});

it('makes it anew when asked to', async () => {
  await cache.get('a', make);
  expect(await cache.get('a', make, { refresh: true })).toBe(2);
});

it('makes it once at a time, even for those who ask for a new one', async () => {
  const answers = [
    cache.get('a', make),
    cache.get('a', make),
    cache.get('a', make, { refresh: true }),
  ];
  expect(await Promise.all(answers)).toEqual([1, 1, 1]);
});

it('counts the age from when it was made, not from when that began', async () => {
  let finish = () => {};
  const slow = cache.get(
    'a',
    () =>
      new Promise<number>(resolve => {
        finish = () => resolve(7);
      }),
  );
  nowMs = 60_000;
  finish();
  await slow;
  nowMs = 80_000;
  expect(await cache.get('a', make)).toBe(7);
});

it('keeps keys apart', async () => {
  expect(await cache.get('a', make)).toBe(1);
  expect(await cache.get('b', make)).toBe(2);
});

it('does not keep a failure', async () => {
  const failing = cache.get('a', () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await cache.get('a', make)).toBe(1);
});

it('makes anew what was dropped, also while it was being made', async () => {
  let finish = () => {};
  const old = cache.get(
    'a',
    () =>
      new Promise<number>(resolve => {
        finish = () => resolve(7);
      }),
  );
  cache.drop('a');
  expect(await cache.get('a', make)).toBe(1);
  finish();
  await old;
  expect(await cache.get('a', make)).toBe(1);
  cache.drop('a');
  expect(await cache.get('a', make)).toBe(2);
});
