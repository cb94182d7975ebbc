import { once } from 'node:events';
import net from 'node:net';
import type { Program } from '../children';
import type { Figure } from '../figures';
import type { Side } from './world';

const CONNECTIONS = 1_000;
/** Opened at once; more would only wait in the listener's queue. */
const AT_ONCE = 50;
const OPTIONS_FRAME = Buffer.from([4, 0, 0, 1, 5, 0, 0, 0, 0]);

/** What a connection that does nothing costs a proxy in memory. */
export async function idleFigures({ proxies }: Side): Promise<Figure[]> {
  const ours = await memoryEach(proxies['ringfence-connect']);
  const java = await memoryEach(proxies.Java);
  return [
    {
      name: `memory of each of ${CONNECTIONS} idle connections`,
      value: ours,
      unit: 'kB',
      goal: { bound: 'at most', value: 120 },
    },
    {
      name: 'memory of an idle connection against Java',
      value: ours / java,
      unit: 'x',
      goal: { bound: 'at most', value: 1 },
    },
  ];
}

async function memoryEach(proxy: Program): Promise<number> {
  // What the program needs once, however many connections there are.
  const first = await openAll(proxy, AT_ONCE);
  const before = proxy.memoryKb();
  const others = await openAll(proxy, CONNECTIONS);
  const after = proxy.memoryKb();
  [...first, ...others].forEach(socket => socket.destroy());
  return (after - before) / CONNECTIONS;
}

async function openAll(proxy: Program, count: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = [];
  while (sockets.length < count) {
    const size = Math.min(AT_ONCE, count - sockets.length);
    sockets.push(
      ...(await Promise.all(Array.from({ length: size }, () => open(proxy)))),
    );
  }
  return sockets;
}

/** Open all the way: something behind the gateway has answered. */
async function open({ port }: Program): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.write(OPTIONS_FRAME);
  await once(socket, 'data');
  return socket;
}
