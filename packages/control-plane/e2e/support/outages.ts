import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../../src';

const API_SERVER_AWAY_MS = 15_000;
const ETCD_AWAY_MS = 5_000;

/** Kills the API server at once; resolves when it is back after 15 s. */
export async function takeApiServerAway(cluster: Cluster): Promise<void> {
  await cluster.killApiServer();
  await delay(API_SERVER_AWAY_MS);
  await cluster.startApiServer();
}

/** Kills etcd at once; resolves when the API server is ready with the next one. */
export async function restartEtcd({
  components,
  ready,
}: Cluster): Promise<void> {
  await components.etcd.kill();
  await delay(ETCD_AWAY_MS);
  components.etcd.restart();
  await ready();
}

/** Names of the nodes that the node life-cycle controller takes for alive. */
export async function readyNodes({ kubectl }: Cluster): Promise<string[]> {
  const { items } = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json']));
  const isReady = ({ type, status }: any) =>
    type === 'Ready' && status === 'True';
  return items
    .filter(({ status }: any) => status.conditions.some(isReady))
    .map(({ metadata }: any) => metadata.name);
}
