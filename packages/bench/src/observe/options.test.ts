import { readOptions } from './options';

it('takes the promised sizes where nothing is said', () => {
  expect(readOptions([])).toEqual({ sizes: [100, 1000, 3000], restMs: 60_000 });
});

it('takes shorter runs, the smallest first', () => {
  expect(readOptions(['--databases', '200,50', '--rest-seconds', '5'])).toEqual(
    { sizes: [50, 200], restMs: 5_000 },
  );
});

it.each([
  [['--databases', '0'], '--databases: expected a whole number above 0'],
  [['--databases'], '--databases: expected a whole number above 0, got ""'],
  [['--fast'], '"--fast" is not known'],
])('refuses %j', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
