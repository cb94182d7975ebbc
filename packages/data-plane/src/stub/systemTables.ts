import { CQL_PORT } from '../ring';
import { gossipTable } from './gossipTable';
import type { Columns, Row, Table } from './rows';
import type { StubNode, StubState } from './StubState';

/** What the stub says it is; drivers read the numbers. */
export const RELEASE_VERSION = '5.0.8-stub';

const PARTITIONER = 'org.apache.cassandra.dht.Murmur3Partitioner';
const SIMPLE_STRATEGY = 'org.apache.cassandra.locator.SimpleStrategy';

const NODE_COLUMNS: Columns = {
  data_center: 'varchar',
  host_id: 'uuid',
  rack: 'varchar',
  release_version: 'varchar',
  schema_version: 'uuid',
  tokens: 'set<varchar>',
};

const LOCAL_COLUMNS: Columns = {
  key: 'varchar',
  bootstrapped: 'varchar',
  broadcast_address: 'inet',
  cluster_name: 'varchar',
  cql_version: 'varchar',
  listen_address: 'inet',
  native_protocol_version: 'varchar',
  partitioner: 'varchar',
  rpc_address: 'inet',
  ...NODE_COLUMNS,
};

const PEERS_COLUMNS: Columns = {
  peer: 'inet',
  preferred_ip: 'inet',
  rpc_address: 'inet',
  ...NODE_COLUMNS,
};

const PEERS_V2_COLUMNS: Columns = {
  peer: 'inet',
  peer_port: 'int',
  preferred_ip: 'inet',
  preferred_port: 'int',
  native_address: 'inet',
  native_port: 'int',
  ...NODE_COLUMNS,
};

/** Tables that are there and empty: drivers ask for them when they read the schema. */
const EMPTY: Readonly<Record<string, Columns>> = {
  'system_schema.columns': {
    keyspace_name: 'varchar',
    table_name: 'varchar',
    column_name: 'varchar',
    clustering_order: 'varchar',
    column_name_bytes: 'blob',
    kind: 'varchar',
    position: 'int',
    type: 'varchar',
  },
  'system_schema.indexes': {
    keyspace_name: 'varchar',
    table_name: 'varchar',
    index_name: 'varchar',
    kind: 'varchar',
    options: 'map<varchar, varchar>',
  },
  'system_schema.types': {
    keyspace_name: 'varchar',
    type_name: 'varchar',
    field_names: 'list<varchar>',
    field_types: 'list<varchar>',
  },
  'system_schema.functions': {
    keyspace_name: 'varchar',
    function_name: 'varchar',
    argument_types: 'list<varchar>',
    body: 'varchar',
  },
  'system_schema.aggregates': {
    keyspace_name: 'varchar',
    aggregate_name: 'varchar',
    argument_types: 'list<varchar>',
  },
  'system_schema.views': {
    keyspace_name: 'varchar',
    view_name: 'varchar',
    base_table_name: 'varchar',
  },
  'system_schema.triggers': {
    keyspace_name: 'varchar',
    table_name: 'varchar',
    trigger_name: 'varchar',
  },
  'system_virtual_schema.keyspaces': { keyspace_name: 'varchar' },
  'system_virtual_schema.tables': {
    keyspace_name: 'varchar',
    table_name: 'varchar',
    comment: 'varchar',
  },
  'system_virtual_schema.columns': {
    keyspace_name: 'varchar',
    table_name: 'varchar',
    column_name: 'varchar',
    type: 'varchar',
  },
};

/**
 * A table as one node shows it.
 *
 * @param name - with keyspace, such as `system.local`
 * @returns undefined where the stub has no such table
 */
export function systemTable(
  state: StubState,
  local: StubNode,
  name: string,
): Table | undefined {
  const [keyspace, table] = name.split('.');
  const as = (columns: Columns, rows: Row[]): Table => ({
    keyspace,
    name: table,
    columns,
    rows,
  });
  switch (name) {
    case 'system.local':
      return as(LOCAL_COLUMNS, [localRow(state, local)]);
    case 'system.peers':
      return as(PEERS_COLUMNS, peerRows(state, local));
    case 'system.peers_v2':
      return as(PEERS_V2_COLUMNS, peerRows(state, local));
    case 'system_auth.roles':
      return rolesTable(state);
    case 'system_views.gossip_info':
      return gossipTable(state, RELEASE_VERSION);
    case 'system_schema.keyspaces':
      return keyspacesTable(state);
    case 'system_schema.tables':
      return tablesTable(state);
    default:
      return Object.hasOwn(EMPTY, name) ? as(EMPTY[name], []) : undefined;
  }
}

function nodeRow({ options, schemaVersion }: StubState, node: StubNode): Row {
  return {
    data_center: options.datacenter,
    host_id: node.hostId,
    rack: options.rack,
    release_version: RELEASE_VERSION,
    schema_version: schemaVersion,
    tokens: node.tokens,
    rpc_address: node.address,
  };
}

function localRow(state: StubState, local: StubNode): Row {
  return {
    ...nodeRow(state, local),
    key: 'local',
    bootstrapped: 'COMPLETED',
    broadcast_address: local.address,
    cluster_name: state.options.clusterName,
    cql_version: '3.4.7',
    listen_address: local.address,
    native_protocol_version: '4',
    partitioner: PARTITIONER,
  };
}

function peerRows(state: StubState, local: StubNode): Row[] {
  return state.nodes
    .filter(node => node.joined && node !== local)
    .map(node => ({
      ...nodeRow(state, node),
      peer: node.address,
      peer_port: 7000,
      native_address: node.address,
      native_port: CQL_PORT,
    }));
}

function rolesTable({ roles }: StubState): Table {
  return {
    keyspace: 'system_auth',
    name: 'roles',
    // No salted_hash: passwords are not shown, not even as a hash.
    columns: {
      role: 'varchar',
      can_login: 'boolean',
      is_superuser: 'boolean',
      member_of: 'set<varchar>',
    },
    rows: roles.list().map(role => ({
      role: role.name,
      can_login: role.login,
      is_superuser: role.superuser,
      member_of: [...role.memberOf],
    })),
  };
}

function keyspacesTable({ keyspaces, nodes }: StubState): Table {
  // What the nodes of a stub share is on all of them.
  const replicas = String(nodes.length);
  const own = ['system', 'system_schema', 'system_auth'].map(name => ({
    keyspace_name: name,
    durable_writes: true,
    replication: { class: SIMPLE_STRATEGY, replication_factor: replicas },
  }));
  const made = [...keyspaces].map(([name, { replication }]) => ({
    keyspace_name: name,
    durable_writes: true,
    replication,
  }));
  return {
    keyspace: 'system_schema',
    name: 'keyspaces',
    columns: {
      keyspace_name: 'varchar',
      durable_writes: 'boolean',
      replication: 'map<varchar, varchar>',
    },
    rows: [...own, ...made],
  };
}

function tablesTable({ keyspaces }: StubState): Table {
  return {
    keyspace: 'system_schema',
    name: 'tables',
    columns: {
      keyspace_name: 'varchar',
      table_name: 'varchar',
      comment: 'varchar',
    },
    rows: [...keyspaces].flatMap(([keyspace, { tables }]) =>
      [...tables].map(table => ({
        keyspace_name: keyspace,
        table_name: table,
        comment: 'held by a stub, which stores no rows',
      })),
    ),
  };
}
