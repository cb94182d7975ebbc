import { Duplex } from 'node:stream';
import { ServiceUnavailableError } from '@backstage/errors';
import type { Exec } from '@kubernetes/client-node';
import type { PodRef } from '@ringfence/backstage-plugin-ringfence-node';
import { loadClientNode, type KubeConfigSource } from './kubeConfig';
import { webSocketError } from './webSocketError';

const DATA_CHANNEL = 0;
const ERROR_CHANNEL = 1;
/** Each channel begins with the number of the port. */
const PORT_BYTES = 2;

type Socket = Awaited<ReturnType<Exec['handler']['connect']>> & {
  pause(): void;
  resume(): void;
};

/**
 * Opens a connection to a port of a pod. The client's own `PortForward`
 * neither holds back a fast pod nor tells when the connection has ended; what
 * speaks WebSocket in it is to be had from its `Exec`.
 */
export async function forwardToPod(
  source: KubeConfigSource,
  kubernetesCluster: string,
  pod: PodRef,
  port: number,
): Promise<Duplex> {
  const config = await source.get();
  const client = await loadClientNode();
  const namespace = encodeURIComponent(pod.namespace);
  const name = encodeURIComponent(pod.pod);
  const stream = new PodConnection(
    `port ${port} of pod "${pod.namespace}/${pod.pod}" of Kubernetes cluster "${kubernetesCluster}"`,
  );
  const socket = await new client.Exec(config).handler
    .connect(
      `/api/v1/namespaces/${namespace}/pods/${name}/portforward?ports=${port}`,
      null,
      (channel, data) => stream.receive(channel, data),
    )
    .catch(error => {
      throw webSocketError(error, config.getCurrentCluster()!.server, {
        kubernetesCluster,
        verb: 'create',
        resource: 'pods/portforward',
        namespace: pod.namespace,
        name: pod.pod,
      });
    });
  stream.attach(socket as Socket);
  return stream;
}

/** The two channels of a forwarded port as one stream. */
class PodConnection extends Duplex {
  readonly #place: string;
  readonly #begun = new Set<number>();
  #socket?: Socket;

  constructor(place: string) {
    super({ allowHalfOpen: false });
    this.#place = place;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    socket.onclose = () => this.push(null);
    socket.onerror = () => {};
  }

  /** @returns whether to keep the connection */
  receive(channel: number, data: Buffer): boolean {
    const isFirst = !this.#begun.has(channel);
    this.#begun.add(channel);
    const content = isFirst ? data.subarray(PORT_BYTES) : data;
    if (content.length === 0) return true;
    if (channel === ERROR_CHANNEL) {
      this.destroy(
        new ServiceUnavailableError(
          `No connection to ${this.#place}: ${content.toString('utf8').trim()}`,
        ),
      );
      return false;
    }
    if (channel === DATA_CHANNEL && !this.push(content)) this.#socket?.pause();
    return true;
  }

  _read(): void {
    this.#socket?.resume();
  }

  _write(
    chunk: Buffer,
    _encoding: string,
    callback: (error?: Error | null) => void,
  ): void {
    const frame = Buffer.concat([Buffer.from([DATA_CHANNEL]), chunk]);
    this.#socket!.send(frame, error => callback(error));
  }

  /** The protocol cannot end one direction alone. */
  _final(callback: () => void): void {
    this.#socket?.close();
    callback();
  }

  _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#socket?.close();
    callback(error);
  }
}
