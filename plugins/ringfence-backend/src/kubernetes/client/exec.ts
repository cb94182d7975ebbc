import { ServiceUnavailableError } from '@backstage/errors';
import type { V1Status } from '@kubernetes/client-node';
import type {
  ExecResult,
  PodRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { loadClientNode, type KubeConfigSource } from './kubeConfig';
import { Output } from './Output';
import { webSocketError } from './webSocketError';

const DEFAULT_TIMEOUT_MS = 60_000;

/** How long and until when a command may run. */
export interface ExecOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Runs a command in a container: no shell, no input, no terminal. */
export async function execInPod(
  source: KubeConfigSource,
  kubernetesCluster: string,
  pod: PodRef,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  options.signal?.throwIfAborted();
  const config = await source.get();
  const { Exec } = await loadClientNode();
  const stdout = new Output();
  const stderr = new Output();
  const what = `Command "${command[0]}" in pod "${pod.namespace}/${pod.pod}" of Kubernetes cluster "${kubernetesCluster}"`;
  let onStatus: (status: V1Status) => void;
  const status = new Promise<V1Status>(resolve => {
    onStatus = resolve;
  });
  const socket = await new Exec(config)
    .exec(
      encodeURIComponent(pod.namespace),
      encodeURIComponent(pod.pod),
      pod.container ?? '',
      [...command],
      stdout,
      stderr,
      null,
      false,
      result => onStatus(result),
    )
    .catch(error => {
      throw webSocketError(error, config.getCurrentCluster()!.server, {
        kubernetesCluster,
        verb: 'create',
        resource: 'pods/exec',
        namespace: pod.namespace,
        name: pod.pod,
      });
    });
  try {
    const result = await endOf(status, socket, what, options);
    const exitCode = exitCodeOf(result, what);
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    socket.close();
  }
}

type Socket = Awaited<
  ReturnType<
    InstanceType<typeof import('@kubernetes/client-node')['Exec']>['exec']
  >
>;

function endOf(
  status: Promise<V1Status>,
  socket: Socket,
  what: string,
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: ExecOptions,
): Promise<V1Status> {
  return new Promise<V1Status>((resolve, reject) => {
    const abort = () => reject(signal!.reason);
    const timer = setTimeout(
      () =>
        reject(
          new ServiceUnavailableError(
            `${what} did not end within ${timeoutMs / 1000} s`,
          ),
        ),
      timeoutMs,
    );
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    status.then(resolve).finally(settle);
    socket.onclose = () => {
      settle();
      // The status comes before the end, and has been taken by then.
      reject(
        new ServiceUnavailableError(
          `${what} was cut off: the connection was closed before its end`,
        ),
      );
    };
  });
}

/** @throws ServiceUnavailableError where the command did not run */
function exitCodeOf(status: V1Status, what: string): number {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(
    ({ reason }) => reason === 'ExitCode',
  );
  if (cause) return Number(cause.message);
  throw new ServiceUnavailableError(`${what} did not run: ${status.message}`);
}
