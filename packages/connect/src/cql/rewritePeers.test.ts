import { Client } from 'cassandra-driver';
import {
  LOGIN,
  startTestDatabase,
  type TestDatabase,
} from '../__testUtils__/database';
import { openGateways } from '../gateways';
import { startProxy, type Proxy } from '../proxy';
import { createPeersRewriter } from './rewritePeers';

let database: TestDatabase;
let proxy: Proxy;
let client: Client;

beforeAll(async () => {
  database = await startTestDatabase();
  const { gateways } = await openGateways(database.folder, {}, {});
  proxy = await startProxy(
    { localPort: 0, gateways, rewrite: createPeersRewriter() },
    { log: line => expect(line).toBe('nothing to say') },
  );
  client = new Client({
    contactPoints: [`127.0.0.1:${proxy.port}`],
    localDataCenter: 'dc1',
    credentials: LOGIN,
  });
  await client.connect();
});

afterAll(async () => {
  await client.shutdown();
  proxy.destroy();
  await database.stop();
});

it('is the only node that a client without configuration knows', () => {
  expect(client.getState().getConnectedHosts()).toHaveLength(1);
  expect(client.hosts.keys()).toEqual([`127.0.0.1:${proxy.port}`]);
});

it.each([{ prepare: false }, { prepare: true }])(
  'answers for its own address (%j)',
  async options => {
    const { rows } = await client.execute(
      'SELECT rpc_address, broadcast_address, data_center FROM system.local',
      [],
      options,
    );
    expect(rows).toHaveLength(1);
    expect(String(rows[0].rpc_address)).toBe('127.0.0.1');
    expect(String(rows[0].broadcast_address)).toBe('127.0.0.1');
    expect(rows[0].data_center).toBe('dc1');
    expect(database.nodeAddresses).not.toContain(String(rows[0].rpc_address));
  },
);

it.each([{ prepare: false }, { prepare: true }])(
  'knows of no other node (%j)',
  async options => {
    const { rows } = await client.execute(
      'SELECT * FROM system.peers',
      [],
      options,
    );
    expect(rows).toEqual([]);
  },
);

it('brings a client of a newer protocol down to version 4', async () => {
  expect(
    (client as never as { controlConnection: { protocolVersion: number } })
      .controlConnection.protocolVersion,
  ).toBe(4);
});
