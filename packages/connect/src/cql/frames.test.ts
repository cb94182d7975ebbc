import { CQL, errorFrame, isRequest, parseFrame, withBody } from './frames';
import { frame } from './__testUtils__/frame';

it('gives a frame another body', () => {
  const changed = parseFrame(
    withBody(
      parseFrame(frame({ stream: 7, body: 'long text' })),
      Buffer.from('short'),
    ),
  );
  expect(changed).toMatchObject({ version: 4, stream: 7, opcode: 5 });
  expect(changed.body.toString()).toBe('short');
});

it.each([
  [5, 0x84],
  [4, 0x84],
  [3, 0x83],
  [1, 0x83],
  // Of DSE.
  [0x42, 0x84],
])('answers a request of version %i in one that it reads', (version, byte) => {
  const answer = errorFrame(
    frame({ stream: 9, version }),
    CQL.protocolError,
    'why',
  );
  expect(answer[0]).toBe(byte);
  expect(parseFrame(answer)).toMatchObject({ stream: 9, opcode: 0 });
});

it.each<[string, Buffer, boolean]>([
  ['OPTIONS', frame({}), true],
  ['a header that is cut', frame({}).subarray(0, 8), false],
  ['an answer', frame({ version: 0x84 }), false],
])('tells whether %s is a request', (_what, bytes, expected) => {
  expect(isRequest(bytes)).toBe(expected);
});
