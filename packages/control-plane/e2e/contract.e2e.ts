import type { Server } from 'node:net';
import type { WatchEvent } from '@ringfence/backstage-plugin-ringfence-node';
import { kubernetesClusterContract } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import {
  openKubernetesCluster,
  startControlPlane,
  until,
  type ControlPlane,
} from '../src';
import { furtherCrds } from '../src/crds';
import { applyWith, describeSchemas } from './support/contract';
import { portOf, startEchoServer, startLocalPod } from './support/pods';

jest.setTimeout(120_000);

const ECHO_PORT = 7;
const CLOSED_PORT = 9;
/** Nothing listens on it, since privileged ports are taken by nobody here. */
const NOBODY = 1;

let controlPlane: ControlPlane;
let echo: Server;

beforeAll(async () => {
  controlPlane = await startControlPlane({ log: () => {} });
  echo = await startEchoServer();
});

afterAll(async () => {
  echo?.close();
  await controlPlane?.stop();
});

const applyAs = applyWith(() => controlPlane.kubectl);
const open = () =>
  openKubernetesCluster('control-plane', controlPlane.kubeconfig);

async function startPod(namespace: string) {
  const ref = { namespace, pod: 'node-0' };
  await startLocalPod(controlPlane.kubectl, ref, {
    [ECHO_PORT]: portOf(echo),
    [CLOSED_PORT]: NOBODY,
  });
  return { ref, echoPort: ECHO_PORT, closedPort: CLOSED_PORT };
}

kubernetesClusterContract(
  'a real API server',
  async () => ({
    kubernetes: open(),
    applyAs,
    startPod,
    teardown: async () => {},
  }),
  // kwok tells a command that failed as an error of its own, without the code.
  { withPods: true, withExitCodes: false },
);

describeSchemas(open);

if (furtherCrds()) {
  // Definitions of several operators may be there, or only one of a user's own.
  it('serves the kinds of definitions that are beside the repository', async () => {
    const read = async (args: readonly string[]) =>
      (await controlPlane.kubectl(args)).trim().split('\n');
    const custom = ['get', '-f', furtherCrds()!, '--output=name'];
    const plurals = (await read(custom)).map(it => it.split('/')[1]);
    expect(plurals.length).toBeGreaterThan(0);
    const served = await read(['api-resources', '--output=name']);
    expect(served).toEqual(expect.arrayContaining(plurals));
  });
}

describe('a watch', () => {
  const configMaps = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'default',
    labels: { watched: 'yes' },
  };
  const configMap = (name: string, value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels: configMaps.labels },
    data: { value },
  });

  it('goes on after the API server was killed and came back, and has missed nothing', async () => {
    const kubernetes = open();
    const controller = new AbortController();
    const latest = new Map<string, string>();
    const take = (event: WatchEvent) => {
      if (event.type === 'synced') return;
      const { metadata, data } = event.object;
      if (event.type === 'deleted') latest.delete(metadata.name);
      else latest.set(metadata.name, data.value);
    };
    const expectLatest = (expected: Record<string, string>) =>
      until(`watch sees ${JSON.stringify(expected)}`, 60_000, async () => {
        expect(Object.fromEntries(latest)).toEqual(expected);
        return true;
      });
    await kubernetes.apply(configMap('changes', 'before'));
    await kubernetes.apply(configMap('goes', 'before'));
    const ended = (async () => {
      const { signal } = controller;
      for await (const event of kubernetes.watch(configMaps, { signal })) {
        take(event);
      }
    })();
    await expectLatest({ changes: 'before', goes: 'before' });

    const apiServer = controlPlane.components['kube-apiserver'];
    await apiServer.kill();
    await expect(kubernetes.list(configMaps)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    apiServer.restart();
    await controlPlane.ready();
    await applyAs('ringfence', configMap('changes', 'after'));
    await applyAs('ringfence', configMap('comes', 'after'));
    await controlPlane.kubectl(['delete', 'configmap', 'goes']);

    await expectLatest({ changes: 'after', comes: 'after' });
    controller.abort();
    await expect(ended).resolves.toBeUndefined();
  });
});
