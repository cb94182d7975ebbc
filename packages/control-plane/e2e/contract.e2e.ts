import type { Server } from 'node:net';
import type {
  KubernetesObject,
  WatchEvent,
} from '@ringfence/backstage-plugin-ringfence-node';
import { kubernetesClusterContract } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import {
  openKubernetesCluster,
  startControlPlane,
  until,
  type ControlPlane,
} from '../src';
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

/** An apply by somebody else, with the tool that they would use. */
async function applyAs(
  manager: string,
  manifest: KubernetesObject,
): Promise<KubernetesObject> {
  const output = await controlPlane.kubectl(
    [
      'apply',
      '--server-side',
      `--field-manager=${manager}`,
      '--output=json',
      '-f',
      '-',
    ],
    JSON.stringify(manifest),
  );
  return JSON.parse(output);
}

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
    kubernetes: openKubernetesCluster('control-plane', controlPlane.kubeconfig),
    applyAs,
    startPod,
    teardown: async () => {},
  }),
  // kwok tells a command that failed as an error of its own, without the code.
  { withPods: true, withExitCodes: false },
);

describe('an apply', () => {
  const metadata = { name: 'a', namespace: 'default' };

  // The sandbox knows no schemas, so this is no part of the contract.
  it.each([
    [
      'a field that does not exist',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, dat: {} },
      '.dat: field not declared in schema',
    ],
    [
      'a value of another type',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { port: 9042 } },
      '.data.port: expected string',
    ],
    [
      'a time without fractions of a second',
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata,
        spec: { renewTime: '2026-01-01T00:00:00Z' },
      },
      'parsing time',
    ],
  ])('of %s is a mistake, not an outage', async (_name, manifest, message) => {
    const kubernetes = openKubernetesCluster(
      'control-plane',
      controlPlane.kubeconfig,
    );
    await expect(kubernetes.apply(manifest)).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining(message),
    });
  });
});

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
    const kubernetes = openKubernetesCluster(
      'control-plane',
      controlPlane.kubeconfig,
    );
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
