import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { goModuleDir } from './build';
import { Component } from './component';
import type { Kubectl } from './kubectl';

export const KWOK = 'sigs.k8s.io/kwok';
const STAGE_FOLDERS = ['node/fast', 'node/heartbeat-with-lease', 'pod/fast'];
const KUBELET_PORT = 10250;
/**
 * Without leases the node life-cycle controller turns every pod's Ready to
 * False after about 50 s.
 */
const LEASE_SECONDS = 40;
const NODE_NAMES = ['node-1', 'node-2', 'node-3'];

async function readFolder(dir: string): Promise<string> {
  const names = (await readdir(dir)).filter(
    name => name.endsWith('.yaml') && name !== 'kustomization.yaml',
  );
  const texts = await Promise.all(
    names.map(name => readFile(join(dir, name), 'utf8')),
  );
  return texts.join('\n---\n');
}

function nodeManifest(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name },
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
  };
}

/** Starts kwok, which plays the kubelets of three nodes. */
export async function startFakeNodes(
  kubectl: Kubectl,
  binary: string,
  files: { readonly kubeconfig: string; readonly logDir: string },
): Promise<Component> {
  const dir = await goModuleDir('kwok', KWOK);
  await kubectl(
    ['apply', '--server-side', '-f', '-'],
    await readFolder(join(dir, 'kustomize/crd/bases')),
  );
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all']);
  for (const folder of STAGE_FOLDERS) {
    const stages = await readFolder(join(dir, 'kustomize/stage', folder));
    await kubectl(['apply', '--server-side', '-f', '-'], stages);
  }
  const nodes = NODE_NAMES.map(name => stringify(nodeManifest(name)));
  await kubectl(['apply', '--server-side', '-f', '-'], nodes.join('---\n'));
  for (const name of NODE_NAMES) {
    // exec and port-forward go to this address. Both types: where one is
    // missing, kwok's first stage removes the other.
    const status = {
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: name },
      ],
    };
    await kubectl([
      'patch',
      'node',
      name,
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    ]);
  }
  return new Component(
    'kwok',
    binary,
    [
      `--kubeconfig=${files.kubeconfig}`,
      '--manage-all-nodes',
      `--node-lease-duration-seconds=${LEASE_SECONDS}`,
      '--enable-crds=Stage,ClusterExec,ClusterPortForward,ClusterLogs',
      '--node-ip=127.0.0.1',
      `--node-port=${KUBELET_PORT}`,
      `--server-address=127.0.0.1:${KUBELET_PORT}`,
      '--cidr=10.0.0.0/16',
    ],
    files.logDir,
  );
}
