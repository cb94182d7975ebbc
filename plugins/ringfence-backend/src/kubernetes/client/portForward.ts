import type { Duplex } from 'node:stream';
import type { PodRef } from '@ringfence/backstage-plugin-ringfence-node';
import { loadClientNode, type KubeConfigSource } from './kubeConfig';
import { PodConnection, type PodSocket } from './PodConnection';
import { webSocketError } from './webSocketError';

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
  stream.attach(socket as PodSocket);
  return stream;
}
