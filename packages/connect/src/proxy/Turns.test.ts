import { Turns } from './Turns';

const never = new AbortController().signal;

/** Work that lasts until it is told to end. */
function lasting() {
  let end = () => {};
  const work = jest.fn(
    () =>
      new Promise<void>(resolve => {
        end = resolve;
      }),
  );
  return { work, end: () => end() };
}

it('lets so many work at once, and the others in the order in which they came', async () => {
  const turns = new Turns(1);
  const order: number[] = [];
  const first = lasting();
  const all = [turns.take(never, first.work)];
  for (const number of [1, 2, 3]) {
    all.push(
      turns.take(never, async () => {
        order.push(number);
      }),
    );
  }
  expect(turns.waiting).toBe(3);
  first.end();
  await Promise.all(all);

  expect(order).toEqual([1, 2, 3]);
  expect(turns.waiting).toBe(0);
});

it('gives the turn on where the work fails', async () => {
  const turns = new Turns(1);
  await expect(
    turns.take(never, () => Promise.reject(new Error('no'))),
  ).rejects.toThrow('no');
  expect(await turns.take(never, async () => 'mine')).toBe('mine');
});

it('lets who has gone leave the line, and skips them', async () => {
  const turns = new Turns(1);
  const first = lasting();
  const busy = turns.take(never, first.work);
  const gone = new AbortController();
  const work = jest.fn();
  const left = turns.take(gone.signal, work);
  gone.abort(new Error('the client has gone'));

  await expect(left).rejects.toThrow('the client has gone');
  expect(turns.waiting).toBe(0);
  first.end();
  await busy;
  expect(work).not.toHaveBeenCalled();
});
