/* eslint-disable jest/no-export -- a suite that the adapters' own tests run */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { PodRef } from '../kubernetes';
import type {
  ContractContext,
  ContractOptions,
  ContractPod,
} from './kubernetesClusterContract';

const MEGABYTE = 1_000_000;

/** What the suite expects of exec and portForward. */
export function describePods(
  context: () => ContractContext,
  { withExitCodes = true }: ContractOptions,
): void {
  const startPod = (): Promise<ContractPod> => {
    const { namespace, startPod: start } = context();
    if (!start) throw new Error('The setup offers no pod: give it a startPod');
    return start(namespace);
  };
  const absent = (): PodRef => ({
    namespace: context().namespace,
    pod: 'absent',
  });

  describe('exec', () => {
    it.each([
      ['a command', ['echo', 'hello'], 'hello\n', ''],
      [
        'a command that writes to both outputs',
        ['sh', '-c', 'echo out; echo err >&2'],
        'out\n',
        'err\n',
      ],
      [
        'arguments that a shell would take apart',
        ['echo', 'a  b', '$HOME', ';', '"'],
        'a  b $HOME ; "\n',
        '',
      ],
    ])('runs %s', async (_name, command, stdout, stderr) => {
      const { ref } = await startPod();
      expect(await context().kubernetes.exec(ref, command)).toEqual({
        exitCode: 0,
        stdout,
        stderr,
      });
    });

    if (withExitCodes) {
      it('gives the exit code of a command that fails', async () => {
        const { ref } = await startPod();
        const command = ['sh', '-c', 'echo out; exit 3'];
        expect(await context().kubernetes.exec(ref, command)).toEqual({
          exitCode: 3,
          stdout: 'out\n',
          stderr: '',
        });
      });
    }

    it('gives all of a long output', async () => {
      const { ref } = await startPod();
      const command = ['head', '-c', String(MEGABYTE), '/dev/zero'];
      const { stdout } = await context().kubernetes.exec(ref, command);
      expect(stdout).toHaveLength(MEGABYTE);
    });

    it('gives up after its time', async () => {
      const { ref } = await startPod();
      await expect(
        context().kubernetes.exec(ref, ['sleep', '30'], { timeoutMs: 200 }),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
    });

    it("ends with the signal's reason", async () => {
      const { ref } = await startPod();
      const controller = new AbortController();
      const running = context().kubernetes.exec(ref, ['sleep', '30'], {
        signal: controller.signal,
      });
      const reason = new Error('no longer wanted');
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
    });

    it('fails for a pod that is not there', async () => {
      await expect(
        context().kubernetes.exec(absent(), ['echo']),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });

  describe('portForward', () => {
    it('carries bytes both ways', async () => {
      const { ref, echoPort } = await startPod();
      const sent = Buffer.alloc(MEGABYTE, 'abc');
      const connection = await context().kubernetes.portForward(ref, echoPort);
      const received = readBytes(connection, sent.length);
      connection.write(sent);
      expect((await received).equals(sent)).toBe(true);
      connection.destroy();
    });

    it('keeps connections apart', async () => {
      const { kubernetes } = context();
      const { ref, echoPort } = await startPod();
      const connections = await Promise.all(
        ['first', 'other'].map(() => kubernetes.portForward(ref, echoPort)),
      );
      const answers = connections.map(one => readBytes(one, 5));
      connections[0].write('first');
      connections[1].write('other');
      expect((await Promise.all(answers)).map(String)).toEqual([
        'first',
        'other',
      ]);
      connections.forEach(connection => connection.destroy());
    });

    it('says where nothing listens', async () => {
      const { ref, closedPort } = await startPod();
      const attempt = context()
        .kubernetes.portForward(ref, closedPort)
        .then(async connection => {
          connection.write('is anybody there?');
          connection.resume();
          await once(connection, 'end');
        });
      await expect(attempt).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
    });

    it('fails for a pod that is not there', async () => {
      await expect(
        context().kubernetes.portForward(absent(), 9042),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });
}

async function readBytes(stream: Duplex, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= count) break;
  }
  return Buffer.concat(chunks);
}
