import { once } from 'node:events';
import { connect } from 'node:net';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type {
  ExecResult,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { PodRuntime } from '../store';
import { readDatabasePod } from './databasePod';
import { getent } from './getent';
import type { Rings } from './Rings';
import type { ControllerCluster } from '../controllers/context';

/** Exit code of a container runtime where the command does not exist. */
const COMMAND_NOT_FOUND = 127;

/** The StatefulSet that made a pod, as `<namespace>/<name>`; undefined for other pods. */
export function ringKeyOf(pod: KubernetesObject): string | undefined {
  const owner = pod.metadata.ownerReferences?.find(
    ({ kind }) => kind === 'StatefulSet',
  );
  return owner && `${pod.metadata.namespace}/${owner.name}`;
}

/** Runs commands in pods, and connects to their ports on their loopback addresses. */
export function createPodRuntime(
  kubernetes: () => ControllerCluster,
  rings: Rings,
): Required<PodRuntime> {
  const runningPod = async ({
    namespace,
    pod: name,
  }: {
    namespace: string;
    pod: string;
  }) => {
    const pod = await kubernetes().get({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      name,
    });
    if (pod?.status?.phase === 'Running' && pod.status.podIP) return pod;
    throw new ServiceUnavailableError(
      `Pod "${namespace}/${name}" is not running; current phase is ${
        pod?.status?.phase ?? 'unknown'
      }`,
    );
  };

  return {
    async exec(ref, command, options) {
      const pod = await runningPod(ref);
      checkContainer(pod, ref.container);
      const [program, ...args] = command;
      const key = ringKeyOf(pod);
      const ring =
        key && readDatabasePod(pod) ? await rings.get(key) : undefined;
      if (program === 'getent') return getent(kubernetes(), args);
      if (!ring?.nodetool || program !== 'nodetool') return notFound(program);
      return ring.nodetool(ref.pod, args, { signal: withTimeout(options) });
    },

    async logs(ref) {
      const pod = await runningPod(ref);
      const ring = await rings.get(ringKeyOf(pod) ?? '');
      return ring?.logs?.(ref.pod) ?? '';
    },

    async portForward(ref, port) {
      const pod = await runningPod(ref);
      const socket = connect({ host: pod.status.podIP, port, noDelay: true });
      try {
        await once(socket, 'connect');
      } catch (error) {
        throw new ServiceUnavailableError(
          `error forwarding port ${port} to pod "${ref.namespace}/${
            ref.pod
          }": ${(error as Error).message}`,
        );
      }
      return socket;
    },
  };
}

function withTimeout(options: { signal?: AbortSignal; timeoutMs?: number }) {
  const signals = [
    ...(options.signal ? [options.signal] : []),
    ...(options.timeoutMs ? [AbortSignal.timeout(options.timeoutMs)] : []),
  ];
  return signals.length ? AbortSignal.any(signals) : undefined;
}

function checkContainer(pod: KubernetesObject, container: string | undefined) {
  const sidecars = (pod.spec.initContainers ?? []).filter(
    (it: any) => it.restartPolicy === 'Always',
  );
  const running: any[] = [...pod.spec.containers, ...sidecars];
  const names: string[] = running.map(({ name }) => name);
  if (!container || names.includes(container)) return;
  throw new InputError(
    `container ${container} is not valid for pod ${pod.metadata.name}`,
  );
}

function notFound(program: string): ExecResult {
  return {
    exitCode: COMMAND_NOT_FOUND,
    stdout: '',
    stderr: `exec: "${program}": executable file not found in $PATH: the sandbox knows nodetool and getent\n`,
  };
}
