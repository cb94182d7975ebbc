import { once } from 'node:events';
import net from 'node:net';
import { dial } from '@ringfence/connection/dial';
import { Gateways, startProxy } from '@ringfence/connect';
import { median, type Figure } from '../figures';
import { bulkRate } from './bulk';
import type { Side } from './world';

const ROUNDS = 5;

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
  const direct: number[] = [];
  const java: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const ours = await bulkRate(() => plain(proxy.port));
      direct.push(ours / (await bulkRate(() => dial(target))));
      const { Java, 'ringfence-connect': connect } = proxies;
      const apart = await bulkRate(() => plain(connect.port));
      java.push(apart / (await bulkRate(() => plain(Java.port))));
    }
  } finally {
    proxy.destroy();
  }
  return [
    {
      name: 'bulk against direct TLS, in the same process',
      value: median(direct),
      unit: 'x',
      goal: { bound: 'at least', value: 0.45 },
    },
    {
      name: 'bulk against Java',
      value: median(java),
      unit: 'x',
      goal: { bound: 'at least', value: 1 },
    },
  ];
}
