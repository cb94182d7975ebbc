import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import {
  openKubernetesCluster,
  startControlPlane,
  until,
  type ControlPlane,
} from '@ringfence/control-plane';
import { copier, entryOf, store } from './etcd';
import { startMesh } from './mesh';
import {
  KUBERNETES_CLUSTER,
  startTemplate,
  TEMPLATE_NAMESPACE,
} from './template';

/** They would make, sign and collect what is there already. */
const CONTROLLERS = [
  'kube-controller-manager',
  'kube-scheduler',
  'certmanager',
];
/** There from the start. */
const EXISTING = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const SEEN_WITHIN_MS = 120_000;

/** How a portal reaches the API server. */
export interface Connection {
  readonly url: string;
  readonly token: string;
  readonly caData: string;
}

/** A control plane full of databases. */
export interface World {
  readonly kubernetes: KubernetesCluster;
  readonly connection: Connection;
  /** Of this run, removed at its end. */
  readonly directory: string;
  /** Namespaces of all databases. */
  readonly namespaces: readonly string[];
  /** Adds databases until there are so many. */
  fill(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a control plane without controllers, with nothing on it but a platform. */
export async function startWorld(log: (line: string) => void): Promise<World> {
  const controlPlane = await startControlPlane({ log });
  const { components, directory, kubeconfig, kubectl } = controlPlane;
  const stops = [() => controlPlane.stop()];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    await Promise.all(CONTROLLERS.map(name => components[name].stop()));
    const template = await startTemplate();
    stops.push(() => template.stop());
    const mesh = await startMesh(kubectl, template, join(directory, 'pods'));
    stops.push(() => mesh.stop());
    const isNew = ({ kind, metadata }: { kind: string; metadata: any }) =>
      kind !== 'Namespace' || !EXISTING.includes(metadata.name);
    await store(template.platform.filter(isNew).map(entryOf));
    const copy = copier(template.database, TEMPLATE_NAMESPACE);
    const namespaces: string[] = [];
    return {
      kubernetes: openKubernetesCluster(KUBERNETES_CLUSTER, kubeconfig),
      connection: await readConnection(controlPlane),
      directory,
      namespaces,
      async fill(count) {
        const added = Array.from(
          { length: count - namespaces.length },
          (_, i) => nameOf(namespaces.length + i),
        );
        await store(added.flatMap(copy));
        namespaces.push(...added);
        mesh.serve(namespaces);
        await seen(controlPlane, added.at(-1));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function nameOf(index: number): string {
  return `orders-${String(index + 1).padStart(4, '0')}`;
}

/** The API server follows its store at a distance. */
async function seen({ kubectl }: ControlPlane, namespace?: string) {
  if (!namespace) return;
  const args = ['get', 'pods', '-n', namespace, '-o', 'name'];
  await until(`the API server has ${namespace}`, SEEN_WITHIN_MS, () =>
    kubectl(args),
  );
}

async function readConnection({
  kubeconfig,
}: ControlPlane): Promise<Connection> {
  const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const { cluster } = clusters[0];
  return {
    url: cluster.server,
    token: users[0].user.token,
    caData: cluster['certificate-authority-data'],
  };
}
