import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  readOperatedConfig,
  type ControllerCluster,
  type KubeletContext,
} from '@ringfence/sandbox/controllers';
import { until } from '../../until';
import type { Mounts } from '../Mounts';
import { NODE_CONTAINER } from './containers';
import { DATACENTERS, OPERATOR_LABELS, readDatacenter } from './datacenter';
import { secretRef } from './operator';

/** All pods of a StatefulSet that makes them in parallel. */
const MADE_WITHIN_MS = 60_000;

/** Options of cassandra.yaml that name files. */
const FILE_OPTIONS = ['keystore', 'truststore', 'file', 'outbound_keystore'];

/**
 * How the kubelet runs a pod of cass-operator: with the settings that its
 * configuration builder is given, and the files that it mounts.
 */
export function readOperated(
  kubernetes: ControllerCluster,
  mounts: Mounts,
): NonNullable<KubeletContext['operated']> {
  const podOf = async (namespace: string, name: string) => {
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    // The nodes begin together, perhaps before the last pod is made.
    const pod = await until(`pod "${namespace}/${name}"`, MADE_WITHIN_MS, () =>
      kubernetes.get(ref),
    );
    await mounts.write(pod, NODE_CONTAINER);
    const config = readOperatedConfig(pod) ?? {};
    const pathOf = (path: string) => mounts.pathOf(pod, path);
    return { config, pathOf };
  };
  const settingsOf = async (namespace: string, name: string) => {
    const { config, pathOf } = await podOf(namespace, name);
    return withFiles(config['cassandra-yaml'] ?? {}, pathOf);
  };
  const jvmOptionsOf = async (namespace: string, name: string) => {
    const { config, pathOf } = await podOf(namespace, name);
    const given: string[] =
      config['cassandra-env-sh']?.['additional-jvm-opts'] ?? [];
    return given.map(it => withPath(it, pathOf));
  };
  return async pod => {
    if (!readOperatedConfig(pod)) return undefined;
    const { namespace } = pod.metadata;
    return {
      superuser: await readSuperuser(kubernetes, pod),
      settings: name => settingsOf(namespace!, name),
      jvmOptions: name => jvmOptionsOf(namespace!, name),
    };
  };
}

/** Options of the JVM that name files. */
const STORE_OPTION = /^(-Djavax\.net\.ssl\.(?:key|trust)Store=)(.+)$/;

function withPath(option: string, pathOf: (path: string) => string): string {
  const [, name, path] = STORE_OPTION.exec(option) ?? [];
  return name ? `${name}${pathOf(path)}` : option;
}

/** The same settings with the paths of this machine. */
function withFiles(
  yaml: Record<string, any>,
  pathOf: (path: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(yaml).map(([key, value]) =>
      key.endsWith('_encryption_options')
        ? [key, withFilesIn(value, pathOf)]
        : [key, value],
    ),
  );
}

function withFilesIn(
  options: Record<string, any>,
  pathOf: (path: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) =>
      FILE_OPTIONS.includes(key) && typeof value === 'string'
        ? [key, pathOf(value)]
        : [key, value],
    ),
  );
}

async function readSuperuser(
  kubernetes: ControllerCluster,
  { metadata }: KubernetesObject,
) {
  const { namespace } = metadata;
  const name = metadata.labels?.[OPERATOR_LABELS.datacenter] ?? '';
  const object = await kubernetes.get({ ...DATACENTERS, namespace, name });
  const secret =
    object &&
    (await kubernetes.get(
      secretRef(namespace!, readDatacenter(object).superuserSecret),
    ));
  if (!secret?.data) {
    throw new Error(
      `CassandraDatacenter "${namespace}/${name}" has no Secret of a superuser yet`,
    );
  }
  const decode = (key: string) =>
    Buffer.from(secret.data[key], 'base64').toString();
  return {
    username: decode('username'),
    password: decode('password'),
    superuser: true,
  };
}
