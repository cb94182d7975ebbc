import type { Columns, Row, Table } from './rows';
import type { StubNode, StubState } from './StubState';

const COLUMNS: Columns = {
  address: 'inet',
  port: 'int',
  dc: 'varchar',
  generation: 'int',
  heartbeat: 'int',
  host_id: 'varchar',
  load: 'varchar',
  rack: 'varchar',
  release_version: 'varchar',
  schema: 'varchar',
  status: 'varchar',
  status_with_port: 'varchar',
};

/**
 * What Cassandra's `system_views.gossip_info` shows: the heartbeat of a node
 * that is up goes on every second, that of one that is down does not.
 */
export function gossipTable(state: StubState, releaseVersion: string): Table {
  const seconds = Math.floor(Date.now() / 1_000);
  const row = (node: StubNode): Row => ({
    address: node.address,
    port: 7000,
    dc: state.options.datacenter,
    generation: 1,
    heartbeat: node.state === 'up' ? seconds : 0,
    host_id: node.hostId,
    load: '117442.0',
    rack: state.options.rack,
    release_version: releaseVersion,
    schema: state.schemaVersion,
    status_with_port: `NORMAL,${node.tokens[0]}`,
  });
  return {
    keyspace: 'system_views',
    name: 'gossip_info',
    columns: COLUMNS,
    rows: state.nodes.filter(({ joined }) => joined).map(row),
  };
}
