import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { IgniteInstallation } from './findIgnite';
import type { IgniteStart } from './types';

/** What Ignite reaches into, as its own `jvmdefaults.sh` lists it. */
const OPENS = [
  'java.base/jdk.internal.access',
  'java.base/jdk.internal.misc',
  'java.base/sun.nio.ch',
  'java.base/sun.util.calendar',
  'java.management/com.sun.jmx.mbeanserver',
  'jdk.internal.jvmstat/sun.jvmstat.monitor',
  'java.base/sun.reflect.generics.reflectiveObjects',
  'jdk.management/com.sun.management.internal',
  'java.base/java.io',
  'java.base/java.nio',
  'java.base/java.net',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.locks',
  'java.base/java.util.concurrent.atomic',
  'java.base/java.lang',
  'java.base/java.lang.invoke',
  'java.base/java.math',
  'java.sql/java.sql',
  'java.base/java.time',
  'java.base/java.text',
];

/** Options for a short life on a small machine; what the container says of the collector gives way. */
const SMALL = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
];

/** In a distribution these are in a folder of their own, and not loaded unless asked for. */
const OPTIONAL = ['ignite-rest-http'];

/** All after `java`, for a node on an address. */
export async function nodeArguments(
  installation: IgniteInstallation,
  address: string,
  { settingsFile, jvmOptions, optionLibs, hostsFile }: IgniteStart,
): Promise<string[]> {
  const properties = {
    // Each pod has its own in a container; here all are on one machine.
    IGNITE_JETTY_HOST: address,
    IGNITE_UPDATE_NOTIFIER: 'false',
    'java.net.preferIPv4Stack': 'true',
    // Names change while pods come: as short as a cluster's DNS keeps them.
    'sun.net.inetaddr.ttl': '1',
    'sun.net.inetaddr.negative.ttl': '0',
    ...(hostsFile && { 'jdk.net.hosts.file': hostsFile }),
  };
  return [
    ...jvmOptions.filter(option => !/^-XX:\+Use\w+GC$/.test(option)),
    ...SMALL,
    ...OPENS.map(it => `--add-opens=${it}=ALL-UNNAMED`),
    ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`),
    '-cp',
    await classPath(installation, optionLibs),
    'org.apache.ignite.startup.cmdline.CommandLineStartup',
    settingsFile,
  ];
}

async function classPath(
  { classPathDir }: IgniteInstallation,
  optionLibs: readonly string[],
): Promise<string> {
  const left = OPTIONAL.filter(name => !optionLibs.includes(name));
  const jars = (await readdir(classPathDir)).filter(
    jar => !left.some(name => jar.startsWith(`${name}-`)),
  );
  return jars.map(jar => path.join(classPathDir, jar)).join(path.delimiter);
}
