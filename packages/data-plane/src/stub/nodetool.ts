import { connectionRefused } from '../nodetool';
import type { NodetoolResult } from '../ring';
import { RELEASE_VERSION } from './systemTables';
import type { StubNode, StubState } from './StubState';

/** What nodetool prints for the load of a node that holds next to nothing. */
const LOAD = '114.69 KiB';

const STATUS_LEGEND = [
  'Status=Up/Down',
  '|/ State=Normal/Leaving/Joining/Moving',
];

/** Answers the commands of nodetool that Ringfence uses, as the real one prints them. */
export function stubNodetool(
  state: StubState,
  node: StubNode,
  args: readonly string[],
): NodetoolResult {
  if (node.state !== 'up') {
    return connectionRefused(node.address);
  }
  switch (args[0]) {
    case 'status':
      return printed(status(state));
    case 'describecluster':
      return printed(describeCluster(state));
    case 'info':
      return printed(info(state, node));
    case 'version':
      return printed(`ReleaseVersion: ${RELEASE_VERSION}\n`);
    case 'drain':
      return printed('');
    default:
      return failed(
        `nodetool: this is a stub: it knows status, describecluster, info, version and drain, not "${
          args[0] ?? ''
        }"`,
      );
  }
}

function printed(stdout: string): NodetoolResult {
  return { exitCode: 0, stdout, stderr: '' };
}

function failed(message: string): NodetoolResult {
  return { exitCode: 1, stdout: '', stderr: `${message}\n` };
}

function status({ nodes, options }: StubState): string {
  const title = `Datacenter: ${options.datacenter}`;
  const joined = nodes.filter(node => node.joined);
  const rows = joined.map(node => [
    node.state === 'up' ? 'UN' : 'DN',
    node.address,
    LOAD,
    String(node.tokens.length),
    '100.0%',
    node.hostId,
    options.rack,
  ]);
  const head = [
    '--',
    'Address',
    'Load',
    'Tokens',
    'Owns (effective)',
    'Host ID',
    'Rack',
  ];
  return [
    title,
    '='.repeat(title.length),
    ...STATUS_LEGEND,
    ...table([head, ...rows]),
    '',
    '',
  ].join('\n');
}

/** Columns as wide as their widest cell, two spaces between them, as nodetool aligns them. */
function table(rows: readonly string[][]): string[] {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  return rows.map(row =>
    row.map((cell, column) => cell.padEnd(widths[column])).join('  '),
  );
}

function describeCluster({ nodes, options, schemaVersion }: StubState): string {
  const addresses = nodes
    .filter(node => node.state === 'up')
    .map(node => node.address);
  return [
    'Cluster Information:',
    `\tName: ${options.clusterName}`,
    '\tSnitch: org.apache.cassandra.locator.GossipingPropertyFileSnitch',
    '\tDynamicEndPointSnitch: disabled',
    '\tPartitioner: org.apache.cassandra.dht.Murmur3Partitioner',
    '\tSchema versions:',
    `\t\t${schemaVersion}: [${addresses.join(', ')}]`,
    '',
    '',
  ].join('\n');
}

function info({ options }: StubState, node: StubNode): string {
  return Object.entries({
    ID: node.hostId,
    'Gossip active': 'true',
    'Native Transport active': 'true',
    Load: LOAD,
    'Data Center': options.datacenter,
    Rack: options.rack,
  })
    .map(([key, value]) => `${key.padEnd(23)}: ${value}\n`)
    .join('');
}
