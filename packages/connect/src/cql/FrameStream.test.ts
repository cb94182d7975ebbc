import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FrameStream, type FrameHandler } from './FrameStream';
import { frame } from './__testUtils__/frame';

const MIB = 1024 * 1024;
const through = (handler: FrameHandler, chunks: Buffer[]) =>
  buffer(Readable.from(chunks).pipe(new FrameStream(handler)));

/** Cuts bytes into pieces of a length. */
function pieces(bytes: Buffer, length: number): Buffer[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * length, (i + 1) * length),
  );
}

const threeFrames = Buffer.concat([
  frame({ stream: 1, body: 'one' }),
  frame({ stream: 2 }),
  frame({ stream: 3, body: Buffer.alloc(70_000, 'x') }),
  frame({ stream: 4, body: 'four' }),
]);

it.each([1, 2, 7, 9, 10, 4096, 65_536, 1_000_000])(
  'finds frames in pieces of %i bytes, and passes on what came',
  async length => {
    const seen: number[] = [];
    const whole = await through(
      {
        change({ stream, bytes }) {
          seen.push(stream);
          return bytes;
        },
        wants: () => true,
      },
      pieces(threeFrames, length),
    );
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(whole.equals(threeFrames)).toBe(true);
  },
);

it.each([1, 1_000_000])(
  'drops and changes frames in pieces of %i bytes',
  async length => {
    const bytes = [1, 2, 3, 4].map(stream =>
      frame({ stream, body: `number ${stream}` }),
    );
    const changed = frame({ stream: 3, body: 'another' });
    const kept = await through(
      {
        change({ stream, bytes: same }) {
          if (stream === 2) return undefined;
          return stream === 3 ? changed : same;
        },
      },
      pieces(Buffer.concat(bytes), length),
    );
    expect(kept.equals(Buffer.concat([bytes[0], changed, bytes[3]]))).toBe(
      true,
    );
  },
);

it('does not hold a long frame that nobody wants', async () => {
  const stream = new FrameStream({
    change: ({ bytes }) => bytes,
    wants: () => false,
  });
  const bytes = frame({ stream: 1, body: Buffer.alloc(8 * MIB) });
  const [beginning] = pieces(bytes, 128 * 1024);
  stream.write(beginning);

  expect(stream.readableLength).toBe(beginning.length);
});

it('looks into a long frame that is wanted', async () => {
  const bytes = frame({ stream: 1, body: Buffer.alloc(2 * MIB) });
  const changed = await through(
    {
      change: ({ body }) => Buffer.from(`${body.length}`),
      wants: ({ stream }) => stream === 1,
    },
    pieces(bytes, 16 * 1024),
  );
  expect(String(changed)).toBe(String(2 * MIB));
});

it('passes on unseen what is too long to hold, though it is wanted', async () => {
  const change = jest.fn();
  const bytes = frame({ body: Buffer.alloc(17 * MIB) });
  const passed = await through(
    { change, wants: () => true },
    pieces(bytes, 64 * 1024),
  );
  expect(passed.length).toBe(bytes.length);
  expect(change).not.toHaveBeenCalled();
});

it('inserts between frames, never into one', async () => {
  const stream = new FrameStream({ change: ({ bytes }) => bytes });
  const long = frame({ stream: 1, body: Buffer.alloc(100_000) });
  const inserted = frame({ stream: 9, body: 'inserted' });
  const next = frame({ stream: 2 });
  const all = buffer(stream);
  stream.write(long.subarray(0, 80_000));
  stream.insert(inserted);
  stream.write(long.subarray(80_000));
  stream.end(next);

  expect((await all).equals(Buffer.concat([long, inserted, next]))).toBe(true);
});

it('ends with an error on a length that no frame has', async () => {
  const bytes = frame({});
  bytes.writeUInt32BE(0xffffffff, 5);
  await expect(
    through({ change: it => it.bytes }, [bytes]),
  ).rejects.toMatchObject({ seen: 'a frame of 4294967295 bytes' });
});
