import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { nodePodCidr } from './agent/addresses';
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
/** The fake nodes. */
export const NODE_NAMES = ['node-1', 'node-2', 'node-3'] as const;
/**
 * In jq, as kwok selects: pods of StatefulSets that take clients of CQL or of
 * Ignite are run by the node agent, and Ready when their database is.
 */
const RUN_BY_AGENT = [
  '([.metadata.ownerReferences[]?.kind] | any(. == "StatefulSet"))',
  '([.spec.containers[].ports[]?.containerPort] | any(. == 9042 or . == 10800))',
].join(' and ');

async function readFolder(dir: string): Promise<string> {
  const names = (await readdir(dir)).filter(
    name => name.endsWith('.yaml') && name !== 'kustomization.yaml',
  );
  const texts = await Promise.all(
    names.map(name => readFile(join(dir, name), 'utf8')),
  );
  return texts.join('\n---\n');
}

/** A stage of kwok's own, for all pods but those of the agent. */
function withoutAgentPods(stage: string): string {
  const manifest = parse(stage);
  if (manifest.metadata.name !== 'pod-ready') return stage;
  manifest.spec.selector.matchExpressions.push({
    key: RUN_BY_AGENT,
    operator: 'NotIn',
    values: ['true'],
  });
  return stringify(manifest);
}

function nodeManifest(name: string, ordinal: number) {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      // Without a zone on each node the scheduler spreads by nothing at all.
      labels: {
        'kubernetes.io/hostname': name,
        'topology.kubernetes.io/zone': `zone-${ordinal + 1}`,
      },
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
    spec: { podCIDR: nodePodCidr(ordinal) },
  };
}

/** Starts kwok, which plays the kubelets of three nodes. */
export async function startFakeNodes(
  kubectl: Kubectl,
  binary: string,
  files: {
    readonly kubeconfig: string;
    readonly logDir: string;
    /** Commands that `exec` finds in a pod. */
    readonly commandDir: string;
  },
): Promise<Component> {
  const dir = await goModuleDir('kwok', KWOK);
  await kubectl(
    ['apply', '--server-side', '-f', '-'],
    await readFolder(join(dir, 'kustomize/crd/bases')),
  );
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all']);
  for (const folder of STAGE_FOLDERS) {
    const stages = await readFolder(join(dir, 'kustomize/stage', folder));
    const ours = stages.split(/^---$/m).map(withoutAgentPods);
    await kubectl(['apply', '--server-side', '-f', '-'], ours.join('\n---\n'));
  }
  const nodes = NODE_NAMES.map((name, ordinal) =>
    stringify(nodeManifest(name, ordinal)),
  );
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
    { PATH: `${files.commandDir}:${process.env.PATH}` },
  );
}
