import { execFileSync } from 'node:child_process';
import type { ContractPod } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import type { Kubectl } from '../../src';

const IMAGE = 'busybox:1.37';
const ECHO_PORT = 7777;
const CLOSED_PORT = 7778;

/** Whether kwok plays the kubelets, so that no container runs; asked while tests are being defined, which cannot wait. */
export function kubeletsAreReal(kubeconfig: string): boolean {
  const nodes = execFileSync(
    'kubectl',
    [`--kubeconfig=${kubeconfig}`, 'get', 'nodes', '--output=json'],
    { encoding: 'utf8' },
  );
  return !nodes.includes('kwok.x-k8s.io/node');
}

/** A pod of a real kubelet that answers each byte with itself. */
export async function startEchoPod(
  kubectl: Kubectl,
  namespace: string,
): Promise<ContractPod> {
  const pod = 'node-0';
  const container = {
    name: 'main',
    image: IMAGE,
    command: ['nc', '-lk', '-p', String(ECHO_PORT), '-e', 'cat'],
  };
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod, namespace },
    spec: { containers: [container], terminationGracePeriodSeconds: 0 },
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
  const ready = ['--for=condition=Ready', `pod/${pod}`, '--timeout=120s'];
  await kubectl(['wait', `--namespace=${namespace}`, ...ready]);
  return {
    ref: { namespace, pod },
    echoPort: ECHO_PORT,
    closedPort: CLOSED_PORT,
  };
}
