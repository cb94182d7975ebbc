import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  itself,
  refOfKey,
  startController,
  type ControllerContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';
import { MOUNTS_VARIABLE } from './nodetool';

const pods = { apiVersion: 'v1', kind: 'Pod' };
const KWOK = 'kwok.x-k8s.io/v1alpha1';

/** Names in kwok's resources are those of all namespaces together. */
const nameOf = (key: string) => key.replace('/', '.');

/**
 * Tells kwok where `exec`, `logs` and `port-forward` of a pod go: commands run on this
 * machine, in the folder of the pod's node; ports are those of the pod's address.
 */
export function startPodAccess(
  context: ControllerContext & {
    /** Folder with the commands of the pod of an address; undefined where it has none. */
    readonly commandDir: (address: string) => string | undefined;
    /** Folder of what the node's container of a pod mounts. */
    readonly mountsOf: (pod: KubernetesObject) => string;
    /** File of what the node of the pod of an address writes; undefined where none is kept. */
    readonly logFile: (address: string) => string | undefined;
    /** Ports that a pod answers on besides those its containers name. */
    readonly extraPorts: (pod: KubernetesObject) => readonly number[];
  },
): RunningController {
  const kubernetes = context.kubernetes.as('node-agent', { force: true });
  return startController({
    name: 'pod-access',
    kubernetes,
    log: context.log,
    watches: [{ ...pods, concerns: itself }],
    async reconcile(key) {
      const pod = await kubernetes.get(refOfKey(pods, key));
      const metadata = { name: nameOf(key) };
      if (!pod) {
        for (const kind of [
          'ClusterExec',
          'ClusterPortForward',
          'ClusterLogs',
        ]) {
          await kubernetes.delete({ apiVersion: KWOK, kind, ...metadata });
        }
        return;
      }
      if (!pod.status?.podIP) return;
      const { name, namespace } = pod.metadata;
      const selector = { matchNamespaces: [namespace], matchNames: [name] };
      const address = pod.status.podIP;
      const forwards = [...portsOf(pod), ...context.extraPorts(pod)].map(
        port => ({ ports: [port], target: { address, port } }),
      );
      if (forwards.length > 0) {
        await kubernetes.apply({
          apiVersion: KWOK,
          kind: 'ClusterPortForward',
          metadata,
          spec: { selector, forwards },
        });
      }
      const logsFile = context.logFile(address);
      if (logsFile) {
        await kubernetes.apply({
          apiVersion: KWOK,
          kind: 'ClusterLogs',
          metadata,
          spec: { selector, logs: [{ logsFile, follow: false }] },
        });
      }
      const dir = context.commandDir(address);
      if (!dir) return;
      const envs = [
        { name: 'RINGFENCE_POD_DIR', value: dir },
        { name: MOUNTS_VARIABLE, value: context.mountsOf(pod) },
      ];
      await kubernetes.apply({
        apiVersion: KWOK,
        kind: 'ClusterExec',
        metadata,
        spec: { selector, execs: [{ local: { envs } }] },
      });
    },
  });
}

function portsOf(pod: KubernetesObject): number[] {
  const containers: any[] = pod.spec.containers;
  return containers.flatMap(({ ports = [] }) =>
    ports.map(({ containerPort }: any) => containerPort),
  );
}
