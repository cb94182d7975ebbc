import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseNodetoolStatus } from './nodetool';

it('reads what Cassandra 5.0 prints', () => {
  const text = readFileSync(
    join(__dirname, '__fixtures__/nodetool-status-cassandra-5.0.txt'),
    'utf8',
  );
  expect(parseNodetoolStatus(text)).toEqual([
    {
      address: '127.0.0.1',
      state: 'UN',
      datacenter: 'datacenter1',
      hostId: '38a64886-4a82-4faa-982c-c51a11bcb888',
      rack: 'rack1',
      load: '114.69 KiB',
    },
  ]);
});

const SCYLLA = `Datacenter: eu-west
===================
Status=Up/Down
|/ State=Normal/Leaving/Joining/Moving
-- Address     Load      Tokens Owns Host ID                              Rack
UN 10.244.0.10 514.65 KB 256    ?    0d4c2ab1-5ad3-4eef-8e37-1d5b1d9a5a01 rack1
DN 10.244.1.11 ?         256    ?    0d4c2ab1-5ad3-4eef-8e37-1d5b1d9a5a02 rack1
UJ 10.244.2.12 1.2 GB    256    ?    0d4c2ab1-5ad3-4eef-8e37-1d5b1d9a5a03 rack two
Datacenter: us-east
===================
Status=Up/Down
|/ State=Normal/Leaving/Joining/Moving
-- Address     Load      Tokens Owns Host ID                              Rack
?N fd00::1     12 bytes  256    ?    0d4c2ab1-5ad3-4eef-8e37-1d5b1d9a5a04 rack1

Note: Non-system keyspaces don't have the same replication settings, effective ownership information is meaningless
`;

it('reads several datacenters, nodes without a load and other columns', () => {
  const nodes = parseNodetoolStatus(SCYLLA);
  expect(
    nodes.map(({ state, address, datacenter, rack, load }) => [
      state,
      address,
      datacenter,
      rack,
      load,
    ]),
  ).toEqual([
    ['UN', '10.244.0.10', 'eu-west', 'rack1', '514.65 KB'],
    ['DN', '10.244.1.11', 'eu-west', 'rack1', undefined],
    ['UJ', '10.244.2.12', 'eu-west', 'rack two', '1.2 GB'],
    ['?N', 'fd00::1', 'us-east', 'rack1', '12 bytes'],
  ]);
});

it('reads a node whose host id is not printed', () => {
  expect(parseNodetoolStatus('UN  10.0.0.1  1 GiB  16')).toEqual([
    { address: '10.0.0.1', state: 'UN', datacenter: '', load: '1 GiB' },
  ]);
});

it.each([
  '',
  "nodetool: Failed to connect to '127.0.0.1:7199'",
  'UNKNOWN command',
])('finds no node in "%s"', text =>
  expect(parseNodetoolStatus(text)).toEqual([]),
);
