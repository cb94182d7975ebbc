import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { CassandraAuthentication, RingLogin } from '@ringfence/data-plane';
import { parse } from 'yaml';
import type { ControllerCluster } from '../controllers/context';

/** First release line whose nodes make no public login. */
const NO_PUBLIC_LOGIN_SINCE = [2026, 2] as const;

/** The Secret key in which ScyllaDB's superuser settings are mounted. */
const SUPERUSER_SETTINGS = 'superuser.yaml';

/** What a database pod asks for. */
export interface DatabasePod {
  readonly product: 'scylladb' | 'cassandra' | 'ignite';
  readonly container: string;
  readonly clusterName: string;
  readonly datacenter: string;
  readonly rack: string;
  /** Such as `2026.1.11`. */
  readonly version: string;
}

/** How the images of each product are named, and asked for a setting. */
const PRODUCTS = [
  {
    product: 'scylladb',
    image: /(^|\/)scylladb\/scylla:/,
    reader: argumentsOf,
    settings: { clusterName: 'cluster-name', datacenter: 'dc', rack: 'rack' },
  },
  {
    product: 'cassandra',
    image: /(^|\/)cassandra:/,
    reader: environmentOf,
    settings: {
      clusterName: 'CASSANDRA_CLUSTER_NAME',
      datacenter: 'CASSANDRA_DC',
      rack: 'CASSANDRA_RACK',
    },
  },
  {
    product: 'cassandra',
    image: /(^|\/)cass-management-api:/,
    reader: operatedConfigOf,
    settings: { clusterName: 'cluster', datacenter: 'dc', rack: 'rack' },
  },
  {
    product: 'ignite',
    image:
      /(^|\/)(apacheignite\/ignite|gridgain\/(community|enterprise|ultimate)):/,
    // Everything is in a file that it mounts; a ring's names it does not have.
    reader: () => () => undefined,
    settings: { clusterName: '', datacenter: '', rack: '' },
  },
] as const;

/** Reads the pod of a ScyllaDB, Cassandra or Ignite node; undefined for any other pod. */
export function readDatabasePod(
  pod: KubernetesObject,
): DatabasePod | undefined {
  const containers: any[] = pod.spec?.containers ?? [];
  for (const { product, image, reader, settings } of PRODUCTS) {
    const container = containers.find(it => image.test(it.image ?? ''));
    if (!container) continue;
    const read = reader(container, pod);
    const { name } = pod.metadata;
    return {
      product,
      container: container.name,
      clusterName: read(settings.clusterName) ?? name.replace(/-\d+$/, ''),
      datacenter: read(settings.datacenter) ?? 'datacenter1',
      rack: read(settings.rack) ?? 'rack1',
      version: container.image
        .slice(container.image.lastIndexOf(':') + 1)
        .replace(/-ubi$/, ''),
    };
  }
  return undefined;
}

/** Literal values only. */
function environmentOf({ env = [] }: { env?: any[] }) {
  return (name: string): string | undefined =>
    env.find(it => it.name === name)?.value;
}

/** Which container of a pod of cass-operator builds the configuration, and from which variable. */
const CONFIG_BUILDER = 'server-config-init';
const CONFIG_VARIABLE = 'CONFIG_FILE_DATA';

/** The configuration that cass-operator hands to a pod; undefined for other pods. */
export function readOperatedConfig(
  pod: KubernetesObject,
): Readonly<Record<string, any>> | undefined {
  const containers: any[] = pod.spec?.initContainers ?? [];
  const builder = containers.find(({ name }) => name === CONFIG_BUILDER);
  const text = builder && environmentOf(builder)(CONFIG_VARIABLE);
  return text && JSON.parse(text);
}

function operatedConfigOf(_: unknown, pod: KubernetesObject) {
  const config = readOperatedConfig(pod) ?? {};
  const values: Record<string, string | undefined> = {
    cluster: config['cluster-info']?.name,
    dc: config['datacenter-info']?.name,
    rack: pod.metadata.labels?.['cassandra.datastax.com/rack'],
  };
  return (name: string): string | undefined => values[name];
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

/** Whether a node makes the login cassandra/cassandra by itself: Cassandra's all do. */
export function makesPublicLogin({
  product,
  version,
}: Pick<DatabasePod, 'product' | 'version'>): boolean {
  if (product === 'cassandra') return true;
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

/** What an image of Cassandra has for a file, and what somebody mounted over it. */
const SETTINGS_FILE = 'cassandra.yaml';

/** Who may log in and do what, by the `cassandra.yaml` that a pod mounts; without one everybody may all. */
export async function readAuthentication(
  kubernetes: ControllerCluster,
  pod: KubernetesObject,
): Promise<CassandraAuthentication> {
  const { namespace } = pod.metadata;
  const names = volumesOf(pod).flatMap(
    ({ configMap }) => configMap?.name ?? [],
  );
  for (const name of names) {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
    const text = (await kubernetes.get(ref))?.data?.[SETTINGS_FILE];
    if (!text) continue;
    const { authenticator, authorizer } = parse(text) ?? {};
    return {
      authenticator: classOf(authenticator) ?? 'AllowAllAuthenticator',
      authorizer: classOf(authorizer) ?? 'AllowAllAuthorizer',
    };
  }
  return {
    authenticator: 'AllowAllAuthenticator',
    authorizer: 'AllowAllAuthorizer',
  };
}

/** A name alone, or with parameters as from Cassandra 5.0 on. */
function classOf(
  setting: string | { class_name?: string } | undefined,
): string | undefined {
  return typeof setting === 'string' ? setting : setting?.class_name;
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
      ? [{ kind: 'Secret', name: secret.secretName, items: secret.items }]
      : []),
    ...(configMap && !configMap.optional
      ? [{ kind: 'ConfigMap', name: configMap.name, items: configMap.items }]
      : []),
  ]);
  const missing = await Promise.all(
    wanted.map(async ({ kind, name, items = [] }) => {
      const ref = { apiVersion: 'v1', kind, namespace, name };
      const object = await kubernetes.get(ref);
      if (!object) return [`${kind.toLowerCase()} "${name}" not found`];
      return items
        .filter(({ key }: { key: string }) => !(key in (object.data ?? {})))
        .map(
          ({ key }: { key: string }) =>
            `references non-existent ${
              kind === 'Secret' ? 'secret' : 'config'
            } key: ${key}`,
        );
    }),
  );
  return missing.flat();
}
