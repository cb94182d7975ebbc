import { once } from 'node:events';
import net from 'node:net';
import { dial } from '@ringfence/connection/dial';
import { Gateways, startProxy } from '@ringfence/connect';
import { median, type Figure } from '../figures';
import { bulkRate } from './bulk';
import { inTurns, ratioOf } from './inTurns';
import type { Side } from './world';

const TURNS = { rounds: 15, warmUps: 3 };
const MB = 1024 * 1024;

async function plain(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  return socket;
}

/** Many bytes through a proxy in this process, against this process over TLS by itself; and against Java's. */
export async function bulkFigures({
  gateway,
  proxies,
}: Side): Promise<Figure[]> {
  const { host, port, serverName, caPem } = gateway;
  const target = { host, port, serverName, caPem };
  const proxy = await startProxy(
    { localPort: 0, gateways: new Gateways([target]) },
    { log: () => {} },
  );
  const through = (name: keyof Side['proxies']) => () =>
    bulkRate(() => plain(proxies[name].port));
  try {
    const rates = await inTurns(
      {
        direct: () => bulkRate(() => dial(target)),
        inProcess: () => bulkRate(() => plain(proxy.port)),
        connect: through('ringfence-connect'),
        haproxy: through('HAProxy'),
        java: through('Java'),
      },
      TURNS,
    );
    return [
      {
        name: 'bulk against direct TLS, in the same process',
        value: ratioOf(rates.inProcess, rates.direct),
        unit: 'x',
        goal: { bound: 'at least', value: 0.45 },
      },
      {
        name: 'bulk against Java',
        value: ratioOf(rates.connect, rates.java),
        unit: 'x',
        goal: { bound: 'at least', value: 1 },
      },
      {
        name: 'bulk against HAProxy',
        value: ratioOf(rates.connect, rates.haproxy),
        unit: 'x',
      },
      { name: 'bulk', value: median(rates.connect) / MB, unit: 'MB/s' },
    ];
  } finally {
    proxy.destroy();
  }
}
