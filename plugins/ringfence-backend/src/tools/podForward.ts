import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { bridge } from '@ringfence/connection/dial';
import type {
  KubernetesCluster,
  PodRef,
} from '@ringfence/backstage-plugin-ringfence-node';

/** A port on loopback that leads to a port of a pod. */
export interface PodForward {
  readonly address: string;
  readonly port: number;
  /** Closes the port and all connections through it. */
  close(): void;
}

/**
 * Makes a pod's port reachable at an address, which is all that the CQL
 * driver can dial. Each connection is a port-forward of its own.
 */
export async function forwardPod(
  kubernetes: KubernetesCluster,
  pod: PodRef,
  port: number,
): Promise<PodForward> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer(
    { allowHalfOpen: true, pauseOnConnect: true, noDelay: true },
    async socket => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
      try {
        const upstream = await kubernetes.portForward(pod, port);
        await bridge(socket, upstream);
      } catch {
        // The driver takes an end for a slow answer, and a reset for what it is.
        socket.resetAndDestroy();
      }
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      sockets.forEach(socket => socket.destroy());
    },
  };
}
