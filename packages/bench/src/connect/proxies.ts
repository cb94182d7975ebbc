import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../paths';
import { startProgram, type Program } from '../children';
import type { Gateway } from './gateway';
import type { PeerPaths } from './programs';

const CONNECT = join(ROOT, 'packages/connect/bin/ringfence-connect');
const JAVA_PROXY = join(ROOT, 'packages/bench/java/ThreadProxy.java');
/** More than the idle connections that are opened. */
const MAX_CONNECTIONS = 4_000;

/** A program that takes plaintext on loopback and verifies the gateway for it. */
export type ProxyName = 'ringfence-connect' | 'HAProxy' | 'stunnel' | 'Java';

/** Starts the four, each before the same port of the gateway. */
export async function startProxies(
  gateway: Gateway,
  directory: string,
  ports: Readonly<Record<ProxyName, number>>,
  paths: PeerPaths,
): Promise<Record<ProxyName, Program>> {
  const started: Partial<Record<ProxyName, Program>> = {};
  try {
    started['ringfence-connect'] = await startConnect(
      gateway,
      ports['ringfence-connect'],
    );
    started.HAProxy = await startHaproxy(
      paths.haproxy,
      gateway,
      directory,
      ports.HAProxy,
    );
    started.stunnel = await startStunnel(
      paths.stunnel,
      gateway,
      directory,
      ports.stunnel,
    );
    started.Java = await startJava(paths.java, gateway, ports.Java);
    return started as Record<ProxyName, Program>;
  } catch (error) {
    await Promise.all(Object.values(started).map(program => program.stop()));
    throw error;
  }
}

function startConnect(gateway: Gateway, port: number): Promise<Program> {
  return startProgram(
    process.execPath,
    [CONNECT, 'up', gateway.bundle, '--local-port', String(port)],
    { port, env: { NODE_OPTIONS: '' } },
  );
}

/** Debian's package `haproxy`, one thread. */
async function startHaproxy(
  command: string,
  gateway: Gateway,
  directory: string,
  port: number,
) {
  const { host, serverName } = gateway;
  const file = join(directory, 'haproxy.cfg');
  const verify = `ssl verify required ca-file ${gateway.caFile} verifyhost ${serverName} sni str(${serverName})`;
  await writeFile(
    file,
    `global
  nbthread 1
  maxconn ${MAX_CONNECTIONS}
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
frontend local
  bind 127.0.0.1:${port}
  default_backend gateway
backend gateway
  server gateway ${host}:${gateway.port} ${verify}
`,
  );
  return startProgram(command, ['-db', '-f', file], { port });
}

/** Debian's package `stunnel4`. */
async function startStunnel(
  command: string,
  gateway: Gateway,
  directory: string,
  port: number,
) {
  const { host, serverName } = gateway;
  const file = join(directory, 'stunnel.conf');
  await writeFile(
    file,
    `foreground = yes
pid =
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
[gateway]
client = yes
accept = 127.0.0.1:${port}
connect = ${host}:${gateway.port}
CAfile = ${gateway.caFile}
verifyChain = yes
checkHost = ${serverName}
sni = ${serverName}
`,
  );
  return startProgram(command, [file], { port });
}

function startJava(
  command: string,
  gateway: Gateway,
  port: number,
): Promise<Program> {
  const { host, serverName, caFile } = gateway;
  const args = [port, host, gateway.port, serverName, caFile].map(String);
  return startProgram(command, [JAVA_PROXY, ...args], { port });
}
