import { inTurns, ratioOf } from './inTurns';

it('lets each way begin a round in its turn, and leaves warm-ups out', async () => {
  const order: string[] = [];
  let time = 0;
  const way = (name: string) => async () => {
    order.push(name);
    time++;
    return time;
  };
  const results = await inTurns(
    { a: way('a'), b: way('b') },
    { rounds: 2, warmUps: 1 },
  );
  expect(order.join('')).toBe('abbaab');
  expect(results).toEqual({ a: [4, 5], b: [3, 6] });
});

it('compares what was measured in the same round', () => {
  // The machine was ten times slower in the last round, for both.
  expect(ratioOf([10, 12, 1], [20, 24, 2])).toBe(0.5);
});
