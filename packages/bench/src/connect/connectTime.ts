import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { dial } from '@ringfence/connection/dial';
import { median, type Figure } from '../figures';
import { inTurns, ratioOf } from './inTurns';
import type { Side } from './world';

const TURNS = { rounds: 200, warmUps: 20 };
/** OPTIONS of protocol version 4; answered without a login. */
const OPTIONS_FRAME = Buffer.from([4, 0, 0, 1, 5, 0, 0, 0, 0]);

/** From nothing to the first answer. */
export async function connectTimeFigures({
  gateway,
  proxies,
}: Side): Promise<Figure[]> {
  const { host, port, serverName, caPem } = gateway;
  const local = (name: keyof Side['proxies']) => async () =>
    net.connect({ host: '127.0.0.1', port: proxies[name].port, noDelay: true });
  const times = await inTurns(
    {
      direct: () => timeToAnswer(() => dial({ host, port, serverName, caPem })),
      connect: () => timeToAnswer(local('ringfence-connect')),
      java: () => timeToAnswer(local('Java')),
    },
    TURNS,
  );
  return [
    {
      name: 'time to connect against direct TLS',
      value: ratioOf(times.connect, times.direct),
      unit: 'x',
      goal: { bound: 'at most', value: 1.3 },
    },
    {
      name: 'time to connect against Java',
      value: ratioOf(times.connect, times.java),
      unit: 'x',
      goal: { bound: 'at most', value: 1 },
    },
    { name: 'time to connect', value: median(times.connect), unit: 'ms' },
  ];
}

async function timeToAnswer(open: () => Promise<Duplex>): Promise<number> {
  const start = performance.now();
  const socket = await open();
  socket.write(OPTIONS_FRAME);
  await once(socket, 'data');
  const took = performance.now() - start;
  socket.destroy();
  return took;
}
