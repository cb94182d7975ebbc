import { held, median, quantile, toTable } from './figures';

const atLeast = (value: number, goal: number) =>
  held({
    name: '',
    unit: '',
    value,
    goal: { bound: 'at least', value: goal },
  });

it.each([
  [0.9, 0.8, true],
  [0.8, 0.8, true],
  [0.79, 0.8, false],
  [NaN, 0.8, false],
])('%d against at least %d: %s', (value, goal, expected) => {
  expect(atLeast(value, goal)).toBe(expected);
});

it('finds the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9);
});

it('says what is missed', () => {
  const table = toTable([
    { name: 'a', unit: 'x', value: 1, goal: { bound: 'at most', value: 2 } },
    { name: 'b', unit: 'ms', value: 3, goal: { bound: 'at most', value: 2 } },
    { name: 'c', unit: 'ms', value: 250 },
  ]);
  expect(table.split('\n')).toEqual([
    '| figure | goal         | measured | ' + '       |',
    '| ------ | ------------ | -------- | ------ |',
    '| a      | at most 2.00 | 1.00 x   | held   |',
    '| b      | at most 2.00 | 3.00 ms  | MISSED |',
    '| c      |              | 250 ms   |        |',
  ]);
});
