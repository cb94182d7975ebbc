import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  refOfKey,
  startController,
  type ControllerCluster,
  type ControllerContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';

const PODS = { apiVersion: 'v1', kind: 'Pod' };

/** A file of a volume: where in it, and what is in it. */
type Files = ReadonlyMap<string, Buffer>;

/**
 * Secrets and ConfigMaps as the files of the pods that mount them, and of no
 * others. A file that changes is replaced at once, as a whole.
 */
export class Mounts {
  readonly #pods = new Set<string>();

  /** @param directory - one folder in it for each pod */
  constructor(
    private readonly kubernetes: Pick<ControllerCluster, 'get'>,
    private readonly directory: string,
  ) {}

  /** Those that have files. */
  podsIn(namespace: string): string[] {
    return [...this.#pods].filter(key => key.startsWith(`${namespace}/`));
  }

  /** Of a container's path in a pod, the path on this machine. */
  pathOf({ metadata }: KubernetesObject, path: string): string {
    return join(this.#folder(`${metadata.namespace}/${metadata.name}`), path);
  }

  /** Writes what a container of a pod mounts. */
  async write(pod: KubernetesObject, container: string): Promise<void> {
    const { namespace, name } = pod.metadata;
    this.#pods.add(`${namespace}/${name}`);
    const containers: any[] = pod.spec.containers;
    const mounts: any[] =
      containers.find(it => it.name === container)?.volumeMounts ?? [];
    for (const { name: volume, mountPath } of mounts) {
      const source = pod.spec.volumes.find((it: any) => it.name === volume);
      const files = await this.#filesOf(namespace!, source ?? {});
      for (const [path, content] of files) {
        await replace(this.pathOf(pod, join(mountPath, path)), content);
      }
    }
  }

  async forget(key: string): Promise<void> {
    this.#pods.delete(key);
    await rm(this.#folder(key), { recursive: true, force: true });
  }

  #folder(key: string): string {
    return join(this.directory, key.replace('/', '.'));
  }

  async #filesOf(namespace: string, volume: any): Promise<Files> {
    const sources: any[] = volume.projected?.sources ?? [volume];
    const all = new Map<string, Buffer>();
    for (const { secret, configMap } of sources) {
      const source = secret ?? configMap;
      if (!source) continue;
      const object = await this.kubernetes.get({
        apiVersion: 'v1',
        kind: secret ? 'Secret' : 'ConfigMap',
        namespace,
        name: source.secretName ?? source.name,
      });
      const encoding = secret ? 'base64' : 'utf8';
      const data: Record<string, string> = object?.data ?? {};
      const items: { key: string; path: string }[] =
        source.items ?? Object.keys(data).map(key => ({ key, path: key }));
      for (const { key, path } of items) {
        if (data[key] !== undefined) {
          all.set(path, Buffer.from(data[key], encoding));
        }
      }
    }
    return all;
  }
}

async function replace(path: string, content: Buffer): Promise<void> {
  const before = await readFile(path).catch(() => undefined);
  if (before?.equals(content)) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Two may be at it: a pod that starts, and a Secret that has changed.
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, content, { mode: 0o600 });
  await rename(unfinished, path);
}

/** Writes files anew when the Secret or ConfigMap that they come from has changed, as a kubelet does. */
export function startMounts(
  context: ControllerContext & {
    readonly mounts: Mounts;
    /** Whose files are written. */
    readonly container: string;
  },
): RunningController {
  const { kubernetes, mounts, container } = context;
  const pods = ({ metadata }: KubernetesObject) =>
    mounts.podsIn(metadata.namespace!);
  return startController({
    name: 'mounts',
    kubernetes,
    log: context.log,
    watches: [
      { apiVersion: 'v1', kind: 'Secret', concerns: pods },
      { apiVersion: 'v1', kind: 'ConfigMap', concerns: pods },
      { ...PODS, concerns: pods },
    ],
    async reconcile(key) {
      const pod = await kubernetes.get(refOfKey(PODS, key));
      if (pod) await mounts.write(pod, container);
      else await mounts.forget(key);
    },
  });
}
