import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CQL_PORT } from '../ring';
import type { CassandraAuthentication } from './types';

const STORAGE_PORT = 7000;

/** Warnings only; without a configuration logback prints everything. */
const LOGBACK = `<configuration>
  <appender name="STDERR" class="ch.qos.logback.core.ConsoleAppender">
    <target>System.err</target>
    <encoder>
      <pattern>%-5level %date{ISO8601} %logger{0} - %msg%n</pattern>
    </encoder>
  </appender>
  <root level="WARN">
    <appender-ref ref="STDERR" />
  </root>
</configuration>
`;

/** Where a node takes clients. */
export interface CqlAddress {
  readonly address: string;
  readonly port: number;
}

/** What a node's configuration says. */
export interface NodeConfig {
  readonly clusterName: string;
  readonly datacenter: string;
  readonly rack: string;
  readonly address: string;
  /**
   * Addresses to ask for the ring. A node that is its own seed goes on where
   * none answers; others give up after 2 s (twice `ring_delay_ms`).
   */
  readonly seeds: readonly string[];
  /** Whether a first start streams from the others, rather than begin empty. */
  readonly bootstrap: boolean;
  /** How many nodes the ring has: decides how logins are read. */
  readonly ringSize: number;
  /** @defaultValue passwords are asked for */
  readonly authentication?: CassandraAuthentication;
  /** Laid over all else. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where it takes clients instead of its own address, in plaintext: for those who prepare it. */
  readonly preparedAt?: CqlAddress;
}

/** Writes what Cassandra reads at its start into a directory, which is made. */
export async function writeConfig(
  directory: string,
  config: NodeConfig,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const files = {
    // JSON is YAML, and needs no quoting by hand.
    'cassandra.yaml': JSON.stringify(cassandraYaml(config), undefined, 2),
    'cassandra-rackdc.properties': `dc=${config.datacenter}\nrack=${config.rack}\n`,
    'logback.xml': LOGBACK,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(directory, name), content);
  }
}

function cassandraYaml(config: NodeConfig) {
  return {
    cluster_name: config.clusterName,
    num_tokens: 4,
    auto_bootstrap: config.bootstrap,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    endpoint_snitch: 'GossipingPropertyFileSnitch',
    dynamic_snitch: false,
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [
          { seeds: config.seeds.map(it => `${it}:${STORAGE_PORT}`).join(',') },
        ],
      },
    ],
    listen_address: config.address,
    rpc_address: config.address,
    storage_port: STORAGE_PORT,
    native_transport_port: CQL_PORT,
    ...authentication(config),
    // Everything below keeps a node that holds little small.
    commitlog_sync: 'periodic',
    commitlog_sync_period: '10000ms',
    commitlog_segment_size: '8MiB',
    commitlog_total_space: '64MiB',
    memtable_heap_space: '64MiB',
    key_cache_size: '8MiB',
    counter_cache_size: '0MiB',
    file_cache_size: '32MiB',
    networking_cache_size: '16MiB',
    concurrent_reads: 8,
    concurrent_writes: 8,
    concurrent_compactors: 1,
    auto_snapshot: false,
    ...config.settings,
    ...preparation(config),
  };
}

function preparation({ preparedAt }: NodeConfig) {
  return preparedAt
    ? {
        rpc_address: preparedAt.address,
        native_transport_port: preparedAt.port,
        client_encryption_options: { enabled: false },
      }
    : {};
}

const PASSWORDS: CassandraAuthentication = {
  authenticator: 'PasswordAuthenticator',
  authorizer: 'CassandraAuthorizer',
};

function authentication({
  ringSize,
  authentication: classes = PASSWORDS,
}: NodeConfig) {
  return {
    ...classes,
    role_manager: 'CassandraRoleManager',
    // Of three, two are enough for a login. Of two, one must be: writes
    // (EACH_QUORUM) have reached both.
    auth_read_consistency_level: ringSize < 3 ? 'LOCAL_ONE' : 'LOCAL_QUORUM',
    // Without caches a changed password or right holds at once, everywhere.
    roles_validity: '0ms',
    permissions_validity: '0ms',
    credentials_validity: '0ms',
  };
}
