import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CQL, errorFrame, FrameStream, parseFrame, withBody } from './frames';

const frame = (stream: number, body: string, version = 4) => {
  const header = Buffer.from([version, 0, 0, stream, 5, 0, 0, 0, body.length]);
  return Buffer.concat([header, Buffer.from(body)]);
};
const through = (stream: FrameStream, chunks: Buffer[]) =>
  buffer(Readable.from(chunks).pipe(stream));

it('finds frames wherever the bytes are cut', async () => {
  const bytes = Buffer.concat([frame(1, 'one'), frame(2, ''), frame(3, 'x')]);
  const seen: number[] = [];
  const whole = await through(
    new FrameStream(({ stream, bytes: same }) => {
      seen.push(stream);
      return same;
    }),
    [...bytes].map(byte => Buffer.from([byte])),
  );
  expect(seen).toEqual([1, 2, 3]);
  expect(whole.equals(bytes)).toBe(true);
});

it('finds several frames in one chunk, and drops what is not wanted', async () => {
  const kept = await through(
    new FrameStream(({ stream, bytes }) => (stream === 2 ? undefined : bytes)),
    [Buffer.concat([frame(1, 'one'), frame(2, 'two'), frame(3, 'three')])],
  );
  expect(kept.equals(Buffer.concat([frame(1, 'one'), frame(3, 'three')]))).toBe(
    true,
  );
});

it('ends with an error on a length that no frame has', async () => {
  const bytes = frame(1, '');
  bytes.writeUInt32BE(0xffffffff, 5);
  await expect(
    through(new FrameStream(it => it.bytes), [bytes]),
  ).rejects.toThrow('is not CQL');
});

it('gives a frame another body', () => {
  const changed = parseFrame(
    withBody(parseFrame(frame(7, 'long text')), Buffer.from('short')),
  );
  expect(changed).toMatchObject({ version: 4, stream: 7, opcode: 5 });
  expect(changed.body.toString()).toBe('short');
});

it.each([
  [5, 0x84],
  [4, 0x84],
  [3, 0x83],
  [1, 0x83],
])('answers a request of version %i in one that it reads', (version, byte) => {
  const answer = errorFrame(frame(9, '', version), CQL.protocolError, 'why');
  expect(answer[0]).toBe(byte);
  expect(parseFrame(answer)).toMatchObject({ stream: 9, opcode: 0 });
});
