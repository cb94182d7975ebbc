import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { allocateLoopbackBlock, type LoopbackBlock } from '../loopback';
import { silentLog } from '../log';
import type { CqlRing } from '../ring';
import { startStubRing } from './startStubRing';

describe('native protocol of the stub', () => {
  let block: LoopbackBlock;
  let ring: CqlRing;
  let socket: Socket;

  beforeAll(async () => {
    block = await allocateLoopbackBlock();
    ring = startStubRing({
      clusterName: 'orders',
      datacenter: 'dc1',
      rack: 'rack1',
      nodes: [1, 2].map(index => ({
        name: `orders-${index}`,
        address: block.address(index),
      })),
      log: silentLog,
    });
    await ring.ready;
  });

  afterAll(async () => {
    await ring.stop();
    await block.release();
  });

  beforeEach(async () => {
    socket = connect(9042, block.address(1));
    await once(socket, 'connect');
  });

  afterEach(() => socket.destroy());

  const frame = (version: number, opcode: number, body = Buffer.alloc(0)) => {
    const header = Buffer.from([version, 0, 0, 7, opcode, 0, 0, 0, 0]);
    header.writeUInt32BE(body.length, 5);
    return Buffer.concat([header, body]);
  };
  const text = (value: string) => {
    const content = Buffer.from(value);
    return Buffer.concat([Buffer.from([0, content.length]), content]);
  };
  const response = async (opcode: number, body?: Buffer) => {
    socket.write(frame(4, opcode, body));
    const [answer] = await once(socket, 'data');
    return answer as Buffer;
  };
  const token = (value: string) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(value.length);
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const logIn = async () => {
    await response(0x01, Buffer.from([0, 0]));
    return response(0x0f, token('\0cassandra\0cassandra'));
  };

  it('offers version 4 where 5 is asked for, and closes', async () => {
    socket.write(frame(5, 0x05));
    const [answer] = await once(socket, 'data');
    expect(answer[0]).toBe(0x84);
    expect(answer[4]).toBe(0x00);
    expect(answer.readInt32BE(9)).toBe(0x000a);
    expect(String(answer)).toContain(
      'Invalid or unsupported protocol version (5); supported versions are (4/v4)',
    );
    await once(socket, 'close');
  });

  it('says what it supports, before any login', async () => {
    const answer = await response(0x05);
    expect(answer[4]).toBe(0x06);
    expect(answer.readInt16BE(2)).toBe(7);
    expect(String(answer)).toContain('PROTOCOL_VERSIONS');
  });

  it('reads requests that arrive byte by byte', async () => {
    socket.setNoDelay(true);
    const answer = once(socket, 'data');
    for (const it of frame(4, 0x05)) socket.write(Buffer.from([it]));
    expect((await answer)[0][4]).toBe(0x06);
  });

  it('answers a wrong password with error 0x0100', async () => {
    await response(0x01, Buffer.from([0, 0]));
    const answer = await response(0x0f, token('\0cassandra\0wrong'));
    expect(answer.readInt32BE(9)).toBe(0x0100);
    expect(String(answer)).toContain(
      'Provided username cassandra and/or password are incorrect',
    );
  });

  it('answers no query before a login', async () => {
    const query = Buffer.concat([
      token('SELECT key FROM system.local'),
      Buffer.from([0, 1, 0]),
    ]);
    const answer = await response(0x07, query);
    expect(answer[4]).toBe(0x00);
    expect(answer.readInt32BE(9)).toBe(0x000a);
  });

  it('answers a batch with an error that says that it is a stub', async () => {
    expect((await logIn())[4]).toBe(0x10);
    const answer = await response(0x0d);
    expect(answer[4]).toBe(0x00);
    expect(String(answer)).toContain('this is a stub');
  });

  it('tells who registered that a node went down', async () => {
    await logIn();
    await response(
      0x0b,
      Buffer.concat([Buffer.from([0, 1]), text('STATUS_CHANGE')]),
    );
    const event = once(socket, 'data');
    await ring.stopNode('orders-2');
    const [frameOfEvent] = await event;
    expect(frameOfEvent[4]).toBe(0x0c);
    expect(frameOfEvent.readInt16BE(2)).toBe(-1);
    expect(String(frameOfEvent)).toContain('DOWN');
    await ring.startNode('orders-2');
  });

  it.each([
    ['a body shorter than it says', frame(4, 0x07, Buffer.from([0, 0, 0, 9]))],
    ['a frame larger than any', Buffer.from([4, 0, 0, 0, 7, 255, 0, 0, 0])],
  ])('answers %s with a protocol error', async (_name, bytes) => {
    await logIn();
    socket.write(bytes);
    const [answer] = await once(socket, 'data');
    expect(answer.readInt32BE(9)).toBe(0x000a);
  });
});
