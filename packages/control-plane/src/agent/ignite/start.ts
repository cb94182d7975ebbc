import { join, posix } from 'node:path';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { IgniteStart } from '@ringfence/data-plane';
import type { Mounts } from '../Mounts';

const CONTAINER = 'ignite';
/** Variables that the image's own script reads. */
const VARIABLES = {
  settings: 'CONFIG_URI',
  jvmOptions: 'JVM_OPTS',
  optionLibs: 'OPTION_LIBS',
} as const;
const FILE_SCHEME = 'file://';
const ANY_ADDRESS = '0.0.0.0';

const words = (text = '') => text.split(/\s+/).filter(Boolean);

/** Where things of a pod are on this machine. */
export interface Places {
  readonly mounts: Mounts;
  /** Of what the pod's volumes hold. */
  readonly dataDir: string;
  readonly hostsFile: string;
}

/**
 * How the image would start the node of a pod: by its environment, with the
 * files that it mounts. Two things are otherwise here, where all pods share one
 * machine: paths, and the address of those who listen on all.
 *
 * @throws where the container does not say what the image needs
 */
export async function readStart(
  pod: KubernetesObject,
  { mounts, dataDir, hostsFile }: Places,
): Promise<IgniteStart> {
  await mounts.write(pod, CONTAINER);
  const containers: any[] = pod.spec.containers;
  const container = containers.find(({ name }) => name === CONTAINER);
  const given = environmentOf(container, pod);
  const settings = given[VARIABLES.settings];
  if (!settings?.startsWith(FILE_SCHEME)) {
    throw new Error(
      `Pod "${pod.metadata.namespace}/${pod.metadata.name}" names no file in ${VARIABLES.settings}`,
    );
  }
  const volumes = writableMounts(container, pod);
  const inData = (value: string) =>
    volumes.some(path => value === path || value.startsWith(`${path}/`))
      ? join(dataDir, value)
      : value;
  return {
    settingsFile: mounts.pathOf(pod, settings.slice(FILE_SCHEME.length)),
    environment: Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, inData(value)]),
    ),
    jvmOptions: words(given[VARIABLES.jvmOptions]),
    optionLibs: words(given[VARIABLES.optionLibs]?.replaceAll(',', ' ')),
    hostsFile,
  };
}

/** With what each variable refers to of those before it. */
function environmentOf(
  { env = [] }: { env?: any[] },
  pod: KubernetesObject,
): Record<string, string> {
  const known: Record<string, string> = {};
  for (const { name, value = '', valueFrom } of env) {
    const path = valueFrom?.fieldRef?.fieldPath;
    const text = path ? fieldOf(pod, path) : (value as string);
    known[name] =
      text === ANY_ADDRESS
        ? pod.status.podIP
        : text.replace(/\$\((\w+)\)/g, (all, of) => known[of] ?? all);
  }
  return known;
}

function fieldOf(pod: KubernetesObject, path: string): string {
  const value = path
    .split('.')
    .reduce<any>((object, key) => object?.[key], pod);
  return String(value ?? '');
}

/** Paths of volumes that are neither a Secret's nor a ConfigMap's. */
function writableMounts(
  { volumeMounts = [] }: { volumeMounts?: any[] },
  { spec }: KubernetesObject,
): string[] {
  return volumeMounts
    .filter(({ name }) => {
      const volume = spec.volumes.find((it: any) => it.name === name) ?? {};
      return volume.persistentVolumeClaim || volume.emptyDir;
    })
    .map(({ mountPath }) => posix.normalize(mountPath));
}
