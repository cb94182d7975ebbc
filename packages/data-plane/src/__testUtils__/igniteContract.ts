/* eslint-disable jest/no-export -- tests that hold for the real one and for the stub */
import { RawIgniteClient } from './igniteClientOf';
import { REST_PORT, THIN_CLIENT_PORT } from '../ignite/types';
import type { DatabaseNodes } from '../ring';

const text = (value: string) => {
  const head = Buffer.from([9, 0, 0, 0, 0]);
  head.writeInt32LE(Buffer.byteLength(value), 1);
  return Buffer.concat([head, Buffer.from(value)]);
};

/** Version 1.7 of the protocol, the states of clusters and groups of nodes. */
const handshake = (login?: readonly [string, string]) =>
  Buffer.concat([
    Buffer.from('0101000700000002' + '0c0100000014', 'hex'),
    ...(login ?? []).map(text),
  ]);

const request = (operation: number, body: Buffer = Buffer.alloc(0)) => {
  const head = Buffer.alloc(10);
  head.writeInt16LE(operation, 0);
  head.writeBigInt64LE(1n, 2);
  return Buffer.concat([head, body]);
};

/** Of `ClientMessageParser`, as the portal sends it. */
const sql = (statement: string) =>
  request(
    2004,
    Buffer.concat([
      Buffer.alloc(5),
      text('PUBLIC'),
      Buffer.from('00010000ffffffff', 'hex'),
      text(statement),
      Buffer.alloc(4 + 1 + 5),
      Buffer.from([1]),
      Buffer.alloc(9),
    ]),
  );

const flagsOf = (answer: Buffer | undefined) => answer!.readInt16LE(8) % 2;
/** After the header, which says at the first answer that the topology has changed. */
const bodyOf = (answer: Buffer | undefined) => {
  const hasTopology = Math.floor(answer!.readInt16LE(8) / 2) % 2 === 1;
  return answer!.subarray(hasTopology ? 22 : 10);
};

const PUBLIC = ['ignite', 'ignite'] as const;
const [OK, REFUSED] = [1, 0];
const AUTH_FAILED = 2000;

/** What a single persistent node with logins answers, whether it is real or simulated. */
export function igniteContract(node: () => { cluster: DatabaseNodes }): void {
  const [address, clients] = [
    () => node().cluster.nodes[0].address,
    new Set<RawIgniteClient>(),
  ];

  const open = async (login?: readonly [string, string]) => {
    const client = await RawIgniteClient.open(address(), THIN_CLIENT_PORT);
    clients.add(client);
    const answer = await client.ask(handshake(login));
    return { client, answer: answer! };
  };

  afterEach(() => {
    clients.forEach(client => client.close());
    clients.clear();
  });

  const rest = async (command: string, login?: readonly [string, string]) => {
    const url = new URL(`http://${address()}:${REST_PORT}/ignite`);
    url.searchParams.set('cmd', command);
    if (login) {
      url.searchParams.set('ignite.login', login[0]);
      url.searchParams.set('ignite.password', login[1]);
    }
    const response = await fetch(url);
    expect(response.status).toBe(200);
    return response.json();
  };

  it('takes the login that everybody knows, and no other', async () => {
    expect((await open(PUBLIC)).answer[0]).toBe(OK);
    for (const login of [['ignite', 'x'], ['nobody', 'ignite'], undefined]) {
      const { answer } = await open(login as [string, string] | undefined);
      expect(answer[0]).toBe(REFUSED);
      expect(answer.readInt32LE(answer.length - 4)).toBe(AUTH_FAILED);
      expect(answer.toString()).toContain('password is incorrect');
    }
  });

  it('ends the connection of who does not shake hands', async () => {
    const client = await RawIgniteClient.open(address(), THIN_CLIENT_PORT);
    clients.add(client);
    expect(await client.ask(Buffer.from('GET'))).toBeUndefined();
  });

  it('is inactive at first, answers no SQL then, and knows its nodes', async () => {
    const { client } = await open(PUBLIC);
    expect(bodyOf(await client.ask(request(5000)))[0]).toBe(0);
    const refused = await client.ask(sql('SELECT 1'));
    expect(flagsOf(refused)).toBe(1);
    expect(refused!.toString()).toContain('the cluster is inactive');
    const servers = Buffer.from(
      '0000000000000000' + '01000000' + '020001',
      'hex',
    );
    const nodes = bodyOf(await client.ask(request(5100, servers)));
    expect([nodes[0], nodes.readInt32LE(9)]).toEqual([1, 1]);
  });

  it('answers SQL once it was activated', async () => {
    const { client } = await open(PUBLIC);
    expect(flagsOf(await client.ask(request(5001, Buffer.from([1]))))).toBe(0);
    expect(bodyOf(await client.ask(request(5000)))[0]).toBe(1);
    const names = await client.ask(
      sql('SELECT CONSISTENT_ID FROM SYS.NODES WHERE IS_CLIENT = FALSE'),
    );
    expect(flagsOf(names)).toBe(0);
    expect(names!.includes(text('orders-0'))).toBe(true);
    const refused = await client.ask(sql('nonsense'));
    expect(flagsOf(refused)).toBe(1);
  });

  it('answers REST: its version to everybody, its topology to who logs in', async () => {
    expect(await rest('version')).toMatchObject({ response: '2.17.0' });
    expect(await rest('top')).toMatchObject({
      successStatus: expect.any(Number),
      response: null,
      error: expect.any(String),
    });
    const { successStatus, response } = await rest('top', PUBLIC);
    expect(successStatus).toBe(0);
    expect(response).toMatchObject([
      { consistentId: 'orders-0', tcpAddresses: [address()] },
    ]);
  });

  it('makes users with the superuser alone, and gives them other passwords', async () => {
    const { client } = await open(PUBLIC);
    const made = await client.ask(sql(`CREATE USER "app" WITH PASSWORD 'one'`));
    expect(flagsOf(made)).toBe(0);
    const again = await client.ask(sql(`CREATE USER "app" WITH PASSWORD 'x'`));
    expect(again!.toString()).toMatch(/already exists/i);
    const { client: app } = await open(['app', 'one']);
    const denied = await app.ask(sql(`CREATE USER "b" WITH PASSWORD 'x'`));
    expect(flagsOf(denied)).toBe(1);
    await client.ask(sql(`ALTER USER "app" WITH PASSWORD 'two'`));
    expect((await open(['app', 'one'])).answer[0]).toBe(REFUSED);
    expect((await open(['app', 'two'])).answer[0]).toBe(OK);
  });
}
