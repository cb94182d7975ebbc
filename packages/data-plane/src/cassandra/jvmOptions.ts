import path from 'node:path';
import { readdir } from 'node:fs/promises';
import type { CassandraInstallation } from './types';

/**
 * What Cassandra reaches into, as its own `jvm11-server.options`,
 * `jvm17-server.options` and the clients' files list it; a package that one
 * version lacks is only warned about.
 */
const EXPORTS = [
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/java.lang.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'jdk.unsupported/sun.misc',
  'jdk.compiler/com.sun.tools.javac.file',
  'jdk.attach/sun.tools.attach',
];

const OPENS = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.math',
  'java.base/java.net',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.util.jar',
  'java.base/sun.nio.ch',
  'jdk.compiler/com.sun.tools.javac',
  'jdk.management/com.sun.management.internal',
];

/** Options for a short life on a small machine: quick start, little memory. */
const SMALL = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
];

/** How long a node listens to the ring before it acts; without data there is little to hear. */
const RING_DELAY_MS = 1000;
/** One that streams must know the others' schema by then, or it streams nothing. */
const BOOTSTRAP_RING_DELAY_MS = 5000;

/** What one node's JVM must know. */
export interface NodeJvm {
  readonly installation: CassandraInstallation;
  /** With `cassandra.yaml`, `cassandra-rackdc.properties` and `logback.xml`. */
  readonly configDir: string;
  readonly storageDir: string;
  readonly tempDir: string;
  readonly jmxPort: number;
  /** Whether it streams from others first. */
  readonly bootstrap: boolean;
  /** Replicas of the logins, where this start creates them. */
  readonly systemAuthReplicas: number;
  /** Whatever else it is told. */
  readonly further?: readonly string[];
}

/** The command line of a node: all after `java`. */
export async function nodeArguments(node: NodeJvm): Promise<string[]> {
  const { classPathDir } = node.installation;
  const properties = {
    'cassandra.config': `file://${path.join(node.configDir, 'cassandra.yaml')}`,
    'cassandra.storagedir': node.storageDir,
    'cassandra.logdir': node.storageDir,
    'cassandra.jmx.local.port': node.jmxPort,
    'cassandra.ring_delay_ms': node.bootstrap
      ? BOOTSTRAP_RING_DELAY_MS
      : RING_DELAY_MS,
    'cassandra.skip_wait_for_gossip_to_settle': 0,
    'cassandra.superuser_setup_delay_ms': 0,
    'cassandra.shutdown_announce_in_ms': 500,
    // ScyllaDB has no such limit, and provisioning changes passwords quickly.
    'cassandra.role_password_update_min_interval_in_ms': 0,
    'cassandra.system_auth.default_rf': node.systemAuthReplicas,
    'java.io.tmpdir': node.tempDir,
    'java.net.preferIPv4Stack': true,
    'jdk.attach.allowAttachSelf': true,
    'io.netty.tryReflectionSetAccessible': true,
    'logback.configurationFile': 'logback.xml',
  };
  return [
    '-Xms128m',
    '-Xmx400m',
    ...SMALL,
    `-javaagent:${await jammJar(classPathDir)}`,
    ...moduleOptions(),
    ...Object.entries(properties).map(([key, value]) => `-D${key}=${value}`),
    ...(node.further ?? []),
    '-cp',
    [node.configDir, path.join(classPathDir, '*')].join(path.delimiter),
    'org.apache.cassandra.service.CassandraDaemon',
  ];
}

/** What encrypts JMX of a node. */
const JMX_TLS = '-Dcom.sun.management.jmxremote.ssl=true';

/** What nodetool's JVM must be told of a node with these options: the stores, where JMX is encrypted. */
export function nodetoolOptions(nodeOptions: readonly string[]): string[] {
  if (!nodeOptions.includes(JMX_TLS)) return [];
  const stores = nodeOptions.filter(it => it.startsWith('-Djavax.net.ssl.'));
  return ['-Dssl.enable=true', ...stores];
}

/** How to run nodetool against the JMX port of a node on this machine. */
export interface NodetoolJvm {
  readonly installation: CassandraInstallation;
  /** Of the node. */
  readonly configDir: string;
  readonly homeDir: string;
  readonly jmxPort: number;
  /** As {@link nodetoolOptions} has them. */
  readonly further?: readonly string[];
}

/** The command line of nodetool: all after `java`. */
export function nodetoolArguments(
  { installation, configDir, homeDir, jmxPort, further = [] }: NodetoolJvm,
  args: readonly string[],
): string[] {
  return [
    ...further,
    '-Xmx128m',
    ...SMALL,
    ...moduleOptions(),
    // It keeps a history of commands in the home directory.
    `-Duser.home=${homeDir}`,
    '-Dlogback.configurationFile=logback.xml',
    '-cp',
    [configDir, path.join(installation.classPathDir, '*')].join(path.delimiter),
    'org.apache.cassandra.tools.NodeTool',
    '-h',
    '127.0.0.1',
    '-p',
    String(jmxPort),
    ...args,
  ];
}

function moduleOptions(): string[] {
  return [
    ...EXPORTS.map(it => `--add-exports=${it}=ALL-UNNAMED`),
    ...OPENS.map(it => `--add-opens=${it}=ALL-UNNAMED`),
  ];
}

/** Measures objects in memory; Cassandra does not start without it. */
async function jammJar(classPathDir: string): Promise<string> {
  const jar = (await readdir(classPathDir)).find(it =>
    /^jamm-.*\.jar$/.test(it),
  );
  if (!jar) {
    throw new Error(
      `There is no jamm in ${classPathDir}: remove that directory, it will be fetched again`,
    );
  }
  return path.join(classPathDir, jar);
}
