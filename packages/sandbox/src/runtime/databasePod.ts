import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { RingLogin } from '@ringfence/data-plane';
import type { ControllerCluster } from '../controllers/context';

/** First release line whose nodes make no public login. */
const NO_PUBLIC_LOGIN_SINCE = [2026, 2] as const;

/** The Secret key in which ScyllaDB's superuser settings are mounted. */
const SUPERUSER_SETTINGS = 'superuser.yaml';

/** What a database pod's arguments ask for. */
export interface DatabasePod {
  readonly container: string;
  readonly clusterName: string;
  readonly datacenter: string;
  readonly rack: string;
  /** Such as `2026.1.11`. */
  readonly version: string;
}

/** Reads the pod of a ScyllaDB node; undefined for any other pod. */
export function readDatabasePod(
  pod: KubernetesObject,
): DatabasePod | undefined {
  const container = (pod.spec?.containers ?? []).find((candidate: any) =>
    /(^|\/)scylladb\/scylla:/.test(candidate.image ?? ''),
  );
  if (!container) return undefined;
  const argument = argumentsOf(container);
  const { name } = pod.metadata;
  return {
    container: container.name,
    clusterName: argument('cluster-name') ?? name.replace(/-\d+$/, ''),
    datacenter: argument('dc') ?? 'datacenter1',
    rack: argument('rack') ?? 'rack1',
    version: container.image.slice(container.image.lastIndexOf(':') + 1),
  };
}

/** Takes `--name=value` and `--name value`. */
function argumentsOf(container: { command?: string[]; args?: string[] }) {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  return (name: string): string | undefined => {
    const at = words.findIndex(word => word === `--${name}`);
    if (at >= 0) return words[at + 1];
    const prefix = `--${name}=`;
    return words.find(word => word.startsWith(prefix))?.slice(prefix.length);
  };
}

/** Whether a node of this version makes the login cassandra/cassandra by itself. */
export function makesPublicLogin(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  const [sinceMajor, sinceMinor] = NO_PUBLIC_LOGIN_SINCE;
  return major < sinceMajor || (major === sinceMajor && minor < sinceMinor);
}

/** The superuser that a mounted Secret names; undefined where none does. */
export async function readSuperuser(
  kubernetes: ControllerCluster,
  pod: KubernetesObject,
): Promise<RingLogin | undefined> {
  const { namespace } = pod.metadata;
  for (const name of secretVolumes(pod)) {
    const secret = await kubernetes.get({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace,
      name,
    });
    const {
      [SUPERUSER_SETTINGS]: settings,
      username,
      password,
    } = secret?.data ?? {};
    if (settings && username && password) {
      return {
        username: Buffer.from(username, 'base64').toString(),
        password: Buffer.from(password, 'base64').toString(),
        superuser: true,
      };
    }
  }
  return undefined;
}

/** Names of the Secrets that a pod mounts. */
export function secretVolumes(pod: KubernetesObject): string[] {
  return volumesOf(pod).flatMap(volume => volume.secret?.secretName ?? []);
}

function volumesOf(pod: KubernetesObject): any[] {
  return (pod.spec?.volumes ?? [])
    .flatMap((volume: any) =>
      volume.projected ? volume.projected.sources ?? [] : [volume],
    )
    .map((volume: any) =>
      // A projected source names its Secret otherwise than a volume does.
      volume.secret?.name
        ? { secret: { ...volume.secret, secretName: volume.secret.name } }
        : volume,
    );
}

/** What a pod mounts that is not there, in the kubelet's words. */
export async function missingMounts(
  kubernetes: ControllerCluster,
  pod: KubernetesObject,
): Promise<string[]> {
  const { namespace } = pod.metadata;
  const wanted = volumesOf(pod).flatMap(({ secret, configMap }) => [
    ...(secret && !secret.optional
      ? [{ kind: 'Secret', name: secret.secretName }]
      : []),
    ...(configMap && !configMap.optional
      ? [{ kind: 'ConfigMap', name: configMap.name }]
      : []),
  ]);
  const found = await Promise.all(
    wanted.map(ref => kubernetes.get({ apiVersion: 'v1', namespace, ...ref })),
  );
  return wanted
    .filter((_, index) => !found[index])
    .map(({ kind, name }) => `${kind.toLowerCase()} "${name}" not found`);
}
