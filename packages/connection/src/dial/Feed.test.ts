import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type net from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import { Servers, NAME } from './__testUtils__/servers';
import { dial } from './dial';
import { Feed } from './Feed';

/** Keeps what is written, and is done with each write when it is told to. */
class Slow extends Writable {
  readonly writes: Buffer[] = [];
  readonly pending: Array<() => void> = [];

  constructor() {
    super({ highWaterMark: 256 * 1024 });
  }

  _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // Looked at when it is done: whoever reuses memory too early is seen.
    this.pending.push(() => {
      this.writes.push(Buffer.from(chunk));
      done();
    });
  }

  finishAll(): void {
    while (this.pending.length > 0) this.pending.shift()!();
  }
}

/** As a socket hands over what it has received. */
function receive(feed: Feed, bytes: Buffer): boolean {
  const { buffer, callback } = feed.onread as net.OnReadOpts & {
    buffer: Uint8Array;
  };
  buffer.set(bytes);
  return callback(bytes.length, buffer);
}

const record = (letter: string) => Buffer.alloc(16 * 1024, letter);

it('writes at once what arrives in one turn, whatever is received later', async () => {
  const to = new Slow();
  const feed = new Feed(to);
  receive(feed, record('a'));
  receive(feed, record('b'));
  await nextTurn();
  receive(feed, record('c'));
  await nextTurn();
  to.finishAll();
  to.finishAll();

  expect(to.writes).toEqual([
    Buffer.concat([record('a'), record('b')]),
    record('c'),
  ]);
});

it('keeps nobody waiting who is answered with less than a record', async () => {
  const to = new Slow();
  const feed = new Feed(to);
  receive(feed, Buffer.from('one'));
  expect(to.pending).toHaveLength(1);
  receive(feed, record('a'));
  receive(feed, Buffer.from('the end of it'));
  receive(feed, Buffer.from('two'));
  await nextTurn();
  while (to.pending.length > 0) {
    to.finishAll();
    await nextTurn();
  }
  expect(Buffer.concat(to.writes).toString()).toBe(
    `one${record('a')}the end of ittwo`,
  );
});

it('says stop where the other is full, and goes on when that has drained', async () => {
  const to = new Slow();
  const feed = new Feed(to);
  let count = 0;
  while (receive(feed, record('x'))) {
    count++;
    await nextTurn();
  }
  expect(count).toBe(16);
  const from = new PassThrough();
  const resumed = jest.spyOn(from, 'resume');
  feed.attach(from as unknown as net.Socket);
  resumed.mockClear();
  while (to.pending.length > 0) {
    to.finishAll();
    await nextTurn();
  }
  expect(resumed).toHaveBeenCalled();
  expect(Buffer.concat(to.writes)).toHaveLength(17 * 16 * 1024);
});

it('serves more connections at once than it has blocks for, each with its own bytes', async () => {
  const all = Array.from({ length: 200 }, (_, i) => {
    const to = new Slow();
    return { to, feed: new Feed(to), bytes: Buffer.alloc(16 * 1024, i) };
  });
  for (let round = 0; round < 3; round++) {
    all.forEach(({ feed, bytes }) => receive(feed, bytes));
    all.forEach(({ feed, bytes }) => receive(feed, bytes));
    await nextTurn();
    await nextTurn();
    all.forEach(({ to }) => to.finishAll());
    await nextTurn();
    all.forEach(({ to }) => to.finishAll());
  }
  for (const { to, bytes } of all) {
    const expected = Buffer.alloc(6 * bytes.length, bytes[0]);
    expect(Buffer.concat(to.writes).equals(expected)).toBe(true);
  }
});

describe('of a dialled socket', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await Servers.create();
  });
  afterEach(() => servers.close());

  it('has all that the server said, and its end', async () => {
    const port = await servers.serve({ dnsNames: [NAME] });
    const to = new PassThrough();
    const feed = new Feed(to);
    feed.attach(await dial(servers.target(port), { feed }));
    let text = '';
    for await (const chunk of to) text += chunk;
    expect(text).toBe(`sni:${NAME}`);
  });

  it('has nothing of a server that does not verify', async () => {
    const port = await servers.serve({ dnsNames: ['other.example.com'] });
    const to = new PassThrough();
    const written = jest.fn();
    to.on('data', written);
    const dialled = dial(servers.target(port), { feed: new Feed(to) });

    await expect(dialled).rejects.toMatchObject({ step: 'name' });
    to.end();
    await once(to, 'end');
    expect(written).not.toHaveBeenCalled();
  });
});
