import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodetoolLike, parseNodetoolStatus } from './nodetool';

const recorded = readFileSync(
  join(__dirname, '__fixtures__/nodetool-status-cassandra.txt'),
  'utf8',
);

/** As ScyllaDB prints it: another heading, and "?" for what is not known. */
const SCYLLA = `Datacenter: dc-a
================
Status=Up/Down
|/ State=Normal/Leaving/Joining/Moving
-- Address    Load      Tokens Owns Host ID                              Rack
UN 10.0.0.1   1.21 MB   256    ?    38a64886-4a82-4faa-982c-c51a11bcb888 rack1
DN 10.0.0.2   ?         256    ?    null                                 rack2
Datacenter: dc-b
================
UJ 2001:db8::3 12.5 KB  1      ?    48a64886-4a82-4faa-982c-c51a11bcb888 rack1
`;

describe('parseNodetoolStatus', () => {
  it('reads what Cassandra prints', () => {
    expect(parseNodetoolStatus(recorded)).toEqual([
      {
        address: '127.0.0.1',
        state: 'UN',
        datacenter: 'datacenter1',
        rack: 'rack1',
        hostId: '38a64886-4a82-4faa-982c-c51a11bcb888',
        load: '114.69 KiB',
      },
    ]);
  });

  it('reads what ScyllaDB prints, of several datacenters', () => {
    const nodes = parseNodetoolStatus(SCYLLA);
    expect(
      nodes.map(({ address, state, datacenter }) => [
        address,
        state,
        datacenter,
      ]),
    ).toEqual([
      ['10.0.0.1', 'UN', 'dc-a'],
      ['10.0.0.2', 'DN', 'dc-a'],
      ['2001:db8::3', 'UJ', 'dc-b'],
    ]);
    expect(nodes[1]).not.toHaveProperty('load');
    expect(nodes[1]).not.toHaveProperty('hostId');
  });

  it('finds no nodes in anything else', () => {
    expect(parseNodetoolStatus('error: connection refused')).toEqual([]);
  });
});

it.each([
  [['nodetool', 'status'], 'nodetool describecluster'],
  [
    ['env', 'JVM_OPTS=@/mnt/options', 'nodetool', 'status'],
    'env JVM_OPTS=@/mnt/options nodetool describecluster',
  ],
])('asks something else as %s is asked', (ringCommand, expected) => {
  expect(nodetoolLike(ringCommand, 'describecluster').join(' ')).toBe(expected);
});
