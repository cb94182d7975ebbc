import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ServiceUnavailableError } from '@backstage/errors';
import type { PodRuntime } from '../MemoryKubernetesCluster';

/** Pods whose commands run on this machine, and whose ports are this machine's. */
export const localPods: PodRuntime = {
  async exec(_pod, [program, ...args], { signal, timeoutMs }) {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const stop = () => child.kill();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    signal?.throwIfAborted();
    if (exitCode === null) {
      throw new ServiceUnavailableError(`"${program}" did not end in time`);
    }
    return { exitCode, stdout, stderr };
  },

  async portForward(_pod, port) {
    const socket = connect({ host: '127.0.0.1', port });
    try {
      await once(socket, 'connect');
    } catch (error) {
      throw new ServiceUnavailableError((error as Error).message);
    }
    return socket;
  },
};
