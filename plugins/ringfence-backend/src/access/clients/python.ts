import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { stringLiteral } from './quote';

// One end point for each node, all of them the one name: the drivers keep a pool
// for each, and lose one connection rather than all when a node goes.
const SHARDS = `        # The one name leads to any node: a connection to a given shard cannot be had by it.
        shard_aware_options={"disable": True},
`;
const NODE_SHARDS = `        # The gateway has one port for all shards: a connection to a given one comes by chance.
        shard_aware_options={"disable_shardaware_port": True},
`;

const SHARED_END_POINT = `class DatabaseEndPoint(SniEndPoint):
    """One node: reached by the one name of all, told apart by its own address."""

    def __init__(self, node):
        super().__init__(HOST, SERVER_NAME, PORT)
        self.node = node

    def __eq__(self, other):
        return isinstance(other, DatabaseEndPoint) and self.node == other.node

    def __hash__(self):
        return hash(self.node)

    def __lt__(self, other):
        return self.node < other.node


class DatabaseEndPointFactory(EndPointFactory):
    """The nodes' own addresses cannot be reached: none of them is dialled."""

    def create(self, row):
        return DatabaseEndPoint(str(row.get("native_address") or row.get("rpc_address")))
`;

const NODE_END_POINT = `class DatabaseEndPoint(SniEndPoint):
    """One node: reached through the gateway, by its name where that is known."""

    def __init__(self, node, server_name=SERVER_NAME):
        super().__init__(HOST, server_name, PORT)
        self.node = node

    def __eq__(self, other):
        return isinstance(other, DatabaseEndPoint) and self.node == other.node

    def __hash__(self):
        return hash(self.node)

    def __lt__(self, other):
        return self.node < other.node


class DatabaseEndPointFactory(EndPointFactory):
    """
    The nodes' own addresses cannot be reached: none of them is dialled. One that is not in
    NODES is reached by the shared name, until the bundle is downloaded again.
    """

    def create(self, row):
        address = str(row.get("native_address") or row.get("rpc_address"))
        name = NODES.get(str(row.get("host_id"))) or NODES.get(address)
        return DatabaseEndPoint(name, name) if name else DatabaseEndPoint(address)
`;

/** What identifies a node in the driver's rows, and its name. */
const nodeTable = ({
  nodes,
}: ClientValues) => `# Each node by its host ID and its address.
NODES = {
${nodes
  .flatMap(({ hostId, address, serverName }) =>
    [hostId, address].map(key =>
      key ? `    ${stringLiteral(key)}: ${stringLiteral(serverName)},\n` : '',
    ),
  )
  .join('')}}
`;

const certificateLine = ({ certificate }: ClientValues) =>
  certificate
    ? `    # What this client shows of itself.
    context.load_cert_chain(BUNDLE / ${stringLiteral(
      certificate.certificate,
    )}, BUNDLE / ${stringLiteral(certificate.key)})
`
    : '';

const contactPoints = ({ nodes }: ClientValues) =>
  nodes.length > 0
    ? '[DatabaseEndPoint(name, name) for name in sorted(set(NODES.values()))]'
    : '[DatabaseEndPoint("database")]';

/** Asks the replica of a row first where nodes can be told apart. */
const policyOf = ({ nodes }: ClientValues) =>
  nodes.length > 0
    ? 'TokenAwarePolicy(DCAwareRoundRobinPolicy(DATACENTER))'
    : 'DCAwareRoundRobinPolicy(DATACENTER)';

const shardsOf = ({ nodes }: ClientValues) =>
  nodes.length > 0 ? NODE_SHARDS : SHARDS;

const example = (
  values: ClientValues,
  { isScylla }: { readonly isScylla: boolean },
) => `"""Connects and prints what answers."""

import os
import ssl
from pathlib import Path

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.connection import EndPointFactory, SniEndPoint
from cassandra.policies import DCAwareRoundRobinPolicy${
  values.nodes.length > 0 ? ', TokenAwarePolicy' : ''
}

HOST = ${stringLiteral(values.host)}
PORT = ${values.port}
SERVER_NAME = ${stringLiteral(values.serverName)}
DATACENTER = ${stringLiteral(values.datacenter)}
USERNAME = ${stringLiteral(values.username)}
BUNDLE = Path(__file__).resolve().parent.parent
${values.nodes.length > 0 ? nodeTable(values) : ''}

${values.nodes.length > 0 ? NODE_END_POINT : SHARED_END_POINT}

def connect():
    # Verifies the chain against this CA alone, and the name.
    context = ssl.create_default_context(cafile=str(BUNDLE / "ca.crt"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
${certificateLine(values)}    return Cluster(
        ${contactPoints(values)},
        port=PORT,
        endpoint_factory=DatabaseEndPointFactory(),
        ssl_context=context,
        ssl_options={"server_hostname": SERVER_NAME},
        auth_provider=PlainTextAuthProvider(USERNAME, os.environ["${PASSWORD_VARIABLE}"]),
${isScylla ? shardsOf(values) : ''}        execution_profiles={
            EXEC_PROFILE_DEFAULT: ExecutionProfile(
                load_balancing_policy=${policyOf(values)}
            )
        },
    )


if __name__ == "__main__":
    with connect() as cluster:
        row = cluster.connect().execute("SELECT cluster_name, release_version FROM system.local").one()
        print(f"Connected to {row.cluster_name}, version {row.release_version}")
`;

/** cassandra-driver for Python. */
export const python: Client = {
  id: 'python',
  title: 'Python',
  language: 'python',
  isPerNode: true,
  run: () => [
    'pip install -r python/requirements.txt',
    'python3 python/example.py',
  ],
  files: values => [
    {
      path: 'python/example.py',
      description: 'Connects and prints the version',
      text: example(values, { isScylla: false }),
    },
    {
      path: 'python/requirements.txt',
      description: 'What the example needs',
      text: 'cassandra-driver>=3.30,<4\n',
    },
  ],
};

/** ScyllaDB's fork of it, which would ask for connections to single shards. */
export const pythonScylla: Client = {
  id: 'python-scylla',
  title: 'Python (ScyllaDB)',
  language: 'python',
  note: 'For scylla-driver, which takes the place of cassandra-driver: install one of the two.',
  isPerNode: true,
  run: () => [
    'pip install -r python-scylla/requirements.txt',
    'python3 python-scylla/example.py',
  ],
  files: values => [
    {
      path: 'python-scylla/example.py',
      description: 'Connects and prints the version',
      text: example(values, { isScylla: true }),
    },
    {
      path: 'python-scylla/requirements.txt',
      description: 'What the example needs',
      text: 'scylla-driver>=3.29,<4\n',
    },
  ],
};
