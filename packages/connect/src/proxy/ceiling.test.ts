import { ceilingOf } from './ceiling';

it.each([
  ['what was asked for', 200, 20_000, 200, /200 are open.*--max-connections/],
  ['5000 where nothing was', undefined, 20_000, 5_000, /--max-connections/],
  [
    'what the open files carry, with some left to refuse by',
    undefined,
    1_024,
    360,
    /360 are open, as many as the limit of 1024 open files carries: raise it \(ulimit -n\)$/,
  ],
  ['one, however few files there are', 10, 20, 1, /limit of 20 open files/],
  ['what was asked for without a limit', 10, Infinity, 10, /--max-conn/],
])('allows %s', (_what, asked, files, clients, text) => {
  const ceiling = ceilingOf(asked, files);
  expect(ceiling.clients).toBe(clients);
  expect(ceiling.text).toMatch(text);
});

it('reads the limit of this process', () => {
  const ceiling = ceilingOf(Number.MAX_SAFE_INTEGER);
  // Without a limit it is what was asked for.
  expect(ceiling.clients).toBeGreaterThan(0);
  expect(ceiling.text).toMatch(/limit of \d+ open files|--max-connections/);
});
