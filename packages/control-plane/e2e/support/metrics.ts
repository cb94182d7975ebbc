import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type {
  KubernetesCluster,
  PodRef,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Where ztunnels and sidecars show what they counted. */
const STATS_PORT = 15020;

/** What a pod's proxy shows on its port 15020. */
export async function readMetrics(
  kubernetes: KubernetesCluster,
  pod: PodRef,
): Promise<string> {
  const socket = await kubernetes.portForward(pod, STATS_PORT);
  const asked = request({
    createConnection: () => socket as any,
    path: '/stats/prometheus',
    headers: { connection: 'close' },
  }).end();
  const [response] = await once(asked, 'response');
  const body = await text(response);
  socket.destroy();
  return body;
}
