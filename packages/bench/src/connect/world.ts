import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocateLoopbackBlock } from '@ringfence/data-plane';
import { ROOT } from '../paths';
import { startProgram, type Program } from '../children';
import { startGateway, type Gateway } from './gateway';
import { findPeers } from './programs';
import { startProxies, type ProxyName } from './proxies';

const CQL_PORT = 9042;
const WORKLOAD = { workload: 'bench', namespace: 'bench' } as const;

/** Gateways before CQL and before bulk bytes, and the proxies before both. */
export interface World {
  readonly cql: Side;
  readonly bulk: Side;
  stop(): Promise<void>;
}

/** One gateway, and each proxy before it. */
export interface Side {
  readonly gateway: Gateway;
  readonly proxies: Readonly<Record<ProxyName, Program>>;
}

/** Starts everything on loopback, each program a process of its own. */
export async function startWorld(): Promise<World> {
  const peers = await findPeers();
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-bench-'));
  const block = await allocateLoopbackBlock();
  const stops: Array<() => Promise<unknown>> = [
    async () => block.release(),
    () => rm(directory, { recursive: true }),
  ];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const node = block.address(1);
    const bulkPort = await freePort();
    const upstream = await startProgram(
      process.execPath,
      [
        // As this program runs itself: from TypeScript, without a process in between that would outlive it.
        ...process.execArgv,
        join(ROOT, 'packages/bench/src/connect/upstream.ts'),
        node,
        String(bulkPort),
      ],
      { host: node, port: bulkPort },
    );
    stops.push(() => upstream.stop());
    const side = async (name: string, port: number): Promise<Side> => {
      const folder = join(directory, name);
      const place = { host: '127.0.0.1', port: await freePort() };
      const backend = { ...WORKLOAD, address: node, port };
      const gateway = await startGateway(folder, place, [backend]);
      stops.push(() => gateway.stop());
      const proxies = await startProxies(
        gateway,
        folder,
        await proxyPorts(),
        peers,
      );
      stops.push(() =>
        Promise.all(Object.values(proxies).map(it => it.stop())),
      );
      return { gateway, proxies };
    };
    return {
      cql: await side('cql', CQL_PORT),
      bulk: await side('bulk', bulkPort),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function proxyPorts(): Promise<Record<ProxyName, number>> {
  return {
    'ringfence-connect': await freePort(),
    HAProxy: await freePort(),
    stunnel: await freePort(),
    Java: await freePort(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
