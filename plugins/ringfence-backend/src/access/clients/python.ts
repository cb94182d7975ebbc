import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { stringLiteral } from './quote';

// One end point for each node, all of them the gateway: the drivers keep a pool
// for each, and lose one connection rather than all when a node goes.
const SHARDS = `        # The gateway picks the node: a connection to a given shard cannot be had through it.
        shard_aware_options={"disable": True},
`;

const example = (
  values: ClientValues,
  { isScylla }: { readonly isScylla: boolean },
) => `"""Connects through the gateway and prints what answers."""

import os
import ssl
from pathlib import Path

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.connection import EndPointFactory, SniEndPoint
from cassandra.policies import DCAwareRoundRobinPolicy

HOST = ${stringLiteral(values.host)}
PORT = ${values.port}
SERVER_NAME = ${stringLiteral(values.serverName)}
DATACENTER = ${stringLiteral(values.datacenter)}
USERNAME = ${stringLiteral(values.username)}
BUNDLE = Path(__file__).resolve().parent.parent


class GatewayEndPoint(SniEndPoint):
    """One node: reached through the gateway, told apart by its own address."""

    def __init__(self, node):
        super().__init__(HOST, SERVER_NAME, PORT)
        self.node = node

    def __eq__(self, other):
        return isinstance(other, GatewayEndPoint) and self.node == other.node

    def __hash__(self):
        return hash(self.node)

    def __lt__(self, other):
        return self.node < other.node


class GatewayEndPointFactory(EndPointFactory):
    """The nodes' own addresses cannot be reached: none of them is dialled."""

    def create(self, row):
        return GatewayEndPoint(str(row.get("native_address") or row.get("rpc_address")))


def connect():
    # Verifies the chain against this CA alone, and the name.
    context = ssl.create_default_context(cafile=str(BUNDLE / "ca.crt"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return Cluster(
        [GatewayEndPoint("gateway")],
        port=PORT,
        endpoint_factory=GatewayEndPointFactory(),
        ssl_context=context,
        ssl_options={"server_hostname": SERVER_NAME},
        auth_provider=PlainTextAuthProvider(USERNAME, os.environ["${PASSWORD_VARIABLE}"]),
${isScylla ? SHARDS : ''}        execution_profiles={
            EXEC_PROFILE_DEFAULT: ExecutionProfile(
                load_balancing_policy=DCAwareRoundRobinPolicy(DATACENTER)
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
