import { once } from 'node:events';
import { duplexPair, type Duplex } from 'node:stream';
import {
  answer,
  frame,
  int,
  short,
  string,
  stringMap,
  value,
} from './__testUtils__/frame';
import { createPeersRewriter, type Rewrite } from './rewritePeers';

const PORT = 19042;
const [ERROR, STARTUP, QUERY, RESULT, EXECUTE, EVENT] = [0, 1, 7, 8, 10, 12];
const [ROWS, PREPARED] = [2, 4];
const [INT, UUID, VARCHAR, INET, LIST] = [0x09, 0x0c, 0x0d, 0x10, 0x20];
const NODE_ADDRESS = Buffer.from([10, 244, 0, 7]);
const LOOPBACK = Buffer.from([127, 0, 0, 1]);

/** A client and a database with the rewriter between them. */
function connect(rewrite: Rewrite = createPeersRewriter()) {
  const [client, clientSide] = duplexPair();
  const [upstreamSide, database] = duplexPair();
  const done = rewrite(clientSide, upstreamSide, PORT);
  done.catch(() => {});
  const say = async (from: Duplex, to: Duplex, bytes: Buffer) => {
    const arrived = once(to, 'data');
    from.write(bytes);
    return (await arrived)[0] as Buffer;
  };
  return {
    client,
    database,
    done,
    request: (bytes: Buffer) => say(client, database, bytes),
    respond: (bytes: Buffer) => say(database, client, bytes),
  };
}

type Column = readonly [name: string, type: number];

/** Metadata with the table named once, or at each column. */
function metadata(
  table: readonly [keyspace: string, name: string],
  columns: readonly Column[],
  { global = true, paging }: { global?: boolean; paging?: Buffer } = {},
): Buffer {
  const spec = Buffer.concat(table.map(string));
  const flags = (global ? 1 : 0) + (paging ? 2 : 0);
  return Buffer.concat([
    int(flags),
    int(columns.length),
    ...(paging ? [value(paging)] : []),
    ...(global ? [spec] : []),
    ...columns.flatMap(([name, type]) => [
      ...(global ? [] : [spec]),
      string(name),
      short(type),
      ...(type === LIST ? [short(VARCHAR)] : []),
    ]),
  ]);
}

function rows(
  head: Buffer,
  values: ReadonlyArray<ReadonlyArray<Buffer | null>>,
) {
  return Buffer.concat([
    int(ROWS),
    head,
    int(values.length),
    ...values.flat().map(value),
  ]);
}

const localRow = (table: readonly [string, string] = ['system', 'local']) =>
  rows(
    metadata(table, [
      ['tokens', LIST],
      ['rpc_address', INET],
      ['mine', INET],
      ['native_port', INT],
      ['host_id', UUID],
      ['data_center', VARCHAR],
    ]),
    [
      [
        Buffer.from('tokens'),
        NODE_ADDRESS,
        NODE_ADDRESS,
        int(9042),
        Buffer.alloc(16, 7),
        Buffer.from('dc1'),
      ],
    ],
  );
const peersRows = (name: string, options?: Parameters<typeof metadata>[2]) =>
  rows(metadata(['system', name], [['peer', INET]], options), [
    [NODE_ADDRESS],
    [NODE_ADDRESS],
  ]);

/** Bytes of a value that is the same on every connection of one rewriter. */
async function hostIdOf(rewrite: Rewrite): Promise<string> {
  const { respond } = connect(rewrite);
  const shown = await respond(answer(RESULT, localRow()));
  return shown.subarray(-16 - 7, -7).toString('hex');
}

describe('system.local', () => {
  it('gives the proxy in the place of the node, whatever a query calls the columns', async () => {
    const { respond } = connect();
    const shown = await respond(answer(RESULT, localRow()));
    expect(shown.includes(NODE_ADDRESS)).toBe(false);
    expect(shown.includes(value(LOOPBACK))).toBe(true);
    expect(shown.includes(value(int(PORT)))).toBe(true);
    expect(shown.subarray(-3).toString()).toBe('dc1');
    expect(shown.readInt32BE(5)).toBe(shown.length - 9);
  });

  it('shows one node, whichever of the ring is behind a connection', async () => {
    const rewrite = createPeersRewriter();
    const shown = await hostIdOf(rewrite);
    expect(shown).toMatch(/^[0-9a-f]{32}$/);
    expect(shown).not.toBe('07'.repeat(16));
    expect(await hostIdOf(rewrite)).toBe(shown);
  });

  it.each([
    ['of an application', ['app', 'local']],
    ['with the schema', ['system_virtual_schema', 'tables']],
  ] as const)('leaves the table %s alone', async (_what, table) => {
    const { respond } = connect();
    const bytes = answer(RESULT, localRow(table));
    expect((await respond(bytes)).equals(bytes)).toBe(true);
  });

  it.each([
    ['traced', 0x02, Buffer.alloc(16)],
    ['with warnings', 0x08, Buffer.concat([short(1), string('slow')])],
  ])('is read in an answer %s', async (_what, flags, preamble) => {
    const { respond } = connect();
    const shown = await respond(
      answer(RESULT, Buffer.concat([preamble, localRow()]), flags),
    );
    expect(shown.includes(NODE_ADDRESS)).toBe(false);
    expect(shown.includes(preamble)).toBe(true);
  });
});

describe('system.peers', () => {
  it.each(['peers', 'peers_v2'])('has no row in %s', async name => {
    for (const global of [true, false]) {
      const { respond } = connect();
      const shown = await respond(answer(RESULT, peersRows(name, { global })));
      expect(shown.includes(NODE_ADDRESS)).toBe(false);
      expect(shown.readInt32BE(shown.length - 4)).toBe(0);
      expect(shown.includes('peer')).toBe(true);
    }
  });

  it('has no next page', async () => {
    const { respond } = connect();
    const paging = Buffer.from('state of the paging');
    const shown = await respond(answer(RESULT, peersRows('peers', { paging })));
    expect(shown.includes(paging)).toBe(false);
    // Kind, then flags: only that the table is named once.
    expect(shown.readInt32BE(9 + 4)).toBe(1);
  });

  it('has no row however many there are, in however many pieces they come', async () => {
    const { client, database } = connect();
    const many = rows(
      metadata(['system', 'peers'], [['peer', INET]]),
      Array.from({ length: 100_000 }, () => [NODE_ADDRESS]),
    );
    const after = frame({ version: 0x84, stream: 2, opcode: RESULT });
    const all: Buffer[] = [];
    client.on('data', chunk => all.push(chunk));
    const bytes = Buffer.concat([answer(RESULT, many), after]);
    for (let at = 0; at < bytes.length; at += 10_007) {
      database.write(bytes.subarray(at, at + 10_007));
    }
    database.end();
    await once(client, 'end');
    const shown = Buffer.concat(all);
    expect(shown.length).toBeLessThan(100);
    expect(shown.subarray(-after.length).equals(after)).toBe(true);
  });
});

describe('prepared statements', () => {
  const id = Buffer.from('0123456789abcdef');
  const preparedResult = (table: readonly [string, string]) =>
    Buffer.concat([
      int(PREPARED),
      short(id.length),
      id,
      // One parameter, which is the partition key.
      int(1),
      int(1),
      int(1),
      short(0),
      ...table.map(string),
      string('key'),
      short(VARCHAR),
      metadata(table, [['rpc_address', INET]]),
    ]);
  const execute = (flags: number) =>
    frame({
      opcode: EXECUTE,
      body: Buffer.concat([
        short(id.length),
        id,
        short(1),
        Buffer.from([flags]),
      ]),
    });
  const flagsOf = (bytes: Buffer) => bytes[bytes.length - 1];

  it('are known on all connections, and answered with their columns', async () => {
    const rewrite = createPeersRewriter();
    const first = connect(rewrite);
    await first.respond(answer(RESULT, preparedResult(['system', 'local'])));
    const second = connect(rewrite);

    expect(flagsOf(await second.request(execute(0x03)))).toBe(0x01);
  });

  it('are left alone where they are about something else', async () => {
    const { respond, request } = connect();
    await respond(answer(RESULT, preparedResult(['app', 'local'])));
    expect(flagsOf(await request(execute(0x03)))).toBe(0x03);
  });
});

describe('events', () => {
  it.each(['STATUS_CHANGE', 'TOPOLOGY_CHANGE'])(
    'tells nothing of other nodes (%s)',
    async type => {
      const { respond, database } = connect();
      const address = Buffer.concat([Buffer.from([4]), NODE_ADDRESS]);
      database.write(
        answer(
          EVENT,
          Buffer.concat([string(type), string('UP'), address, int(9042)]),
        ),
      );
      const next = answer(RESULT, int(1));
      expect((await respond(next)).equals(next)).toBe(true);
    },
  );

  it('tells of changes of the schema', async () => {
    const { respond } = connect();
    const bytes = answer(
      EVENT,
      Buffer.concat(
        ['SCHEMA_CHANGE', 'CREATED', 'KEYSPACE', 'app'].map(string),
      ),
    );
    expect((await respond(bytes)).equals(bytes)).toBe(true);
  });
});

describe('what cannot be carried', () => {
  it.each([5, 6, 0x42])(
    'is refused in words that drivers know (version %i)',
    async version => {
      const { client, request } = connect();
      const refused = once(client, 'data');
      client.write(frame({ version, stream: 3, opcode: STARTUP }));
      const [bytes] = (await refused) as [Buffer];

      expect(bytes[0]).toBe(0x84);
      expect(bytes[3]).toBe(3);
      expect(bytes[4]).toBe(ERROR);
      expect(String(bytes)).toContain('unsupported protocol version');
      // It goes on with version 4 on the same connection.
      const next = frame({});
      expect((await request(next)).equals(next)).toBe(true);
    },
  );

  it('is a STARTUP that asks for compression', async () => {
    const { client, database, request } = connect();
    const startup = (options: Record<string, string>) =>
      frame({ opcode: STARTUP, body: stringMap(options) });
    const passed = jest.fn();
    database.on('data', passed);
    const refused = once(client, 'data');
    client.write(startup({ CQL_VERSION: '3.0.0', COMPRESSION: 'lz4' }));

    expect(String((await refused)[0])).toMatch(
      /Unknown compression algorithm: lz4\. .*switch compression off in the driver/,
    );
    expect(passed).not.toHaveBeenCalled();
    const plain = startup({ CQL_VERSION: '3.0.0' });
    expect((await request(plain)).equals(plain)).toBe(true);
  });

  it('is a client that reads no refusal', async () => {
    const { client, done } = connect();
    const many = Array.from({ length: 17 }, () => frame({ version: 5 }));
    client.write(Buffer.concat(many));

    await expect(done).rejects.toMatchObject({
      seen: 'a request after 16 refusals',
    });
  });
});

describe('passes on as it came', () => {
  const deep = Buffer.concat([
    int(ROWS),
    int(1),
    int(1),
    ...['system', 'local', 'x'].map(string),
    ...Array.from({ length: 100_000 }, () => short(LIST)),
  ]);

  it.each<[string, Buffer]>([
    ['rows that are cut', answer(RESULT, localRow().subarray(0, -5))],
    ['metadata that are cut', answer(RESULT, localRow().subarray(0, 20))],
    ['an empty result', answer(RESULT, Buffer.alloc(0))],
    ['types in types without end', answer(RESULT, deep)],
    [
      'a length below zero',
      answer(
        RESULT,
        Buffer.concat([int(ROWS), int(2), int(1), int(-1), int(-9)]),
      ),
    ],
    ['what is compressed', answer(RESULT, localRow(), 0x01)],
    ['an opcode that nobody knows', answer(0x7f, Buffer.from('new'))],
    ['an event that is cut', answer(EVENT, Buffer.from([0]))],
  ])('%s', async (_what, bytes) => {
    const { client, respond, database } = connect();
    const all: Buffer[] = [await respond(bytes)];
    client.on('data', chunk => all.push(chunk));
    const next = answer(ERROR, Buffer.from('next'));
    database.end(next);
    await once(client, 'end');
    expect(Buffer.concat(all).equals(Buffer.concat([bytes, next]))).toBe(true);
  });

  it.each<[string, Buffer]>([
    ['an EXECUTE that is cut', frame({ opcode: EXECUTE, body: short(90) })],
    ['a STARTUP that is cut', frame({ opcode: STARTUP, body: short(9) })],
    ['a query', frame({ opcode: QUERY, body: 'SELECT * FROM system.peers' })],
    ['an opcode that nobody knows', frame({ opcode: 0x7f, body: 'new' })],
  ])('%s', async (_what, bytes) => {
    const { request } = connect();
    expect((await request(bytes)).equals(bytes)).toBe(true);
  });
});
