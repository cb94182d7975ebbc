import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Kubectl } from '../../src';

/** Answers each byte with itself. */
export async function startEchoServer(): Promise<Server> {
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

const KWOK = 'kwok.x-k8s.io/v1alpha1';

/** Ports of a pod, and the local ports to which kwok carries them. */
export type ForwardedPorts = Readonly<Record<number, number>>;

/**
 * A Ready pod on a fake node, in which commands run on this machine and whose
 * ports are those of this machine.
 */
export async function startLocalPod(
  kubectl: Kubectl,
  ref: { readonly namespace: string; readonly pod: string },
  ports: ForwardedPorts,
): Promise<void> {
  const { namespace, pod: name } = ref;
  const selector = { matchNamespaces: [namespace] };
  const forwards = Object.entries(ports).map(([port, localPort]) => ({
    ports: [Number(port)],
    target: { address: '127.0.0.1', port: localPort },
  }));
  const objects = [
    {
      apiVersion: KWOK,
      kind: 'ClusterExec',
      metadata: { name: namespace },
      spec: { selector, execs: [{ local: {} }] },
    },
    {
      apiVersion: KWOK,
      kind: 'ClusterPortForward',
      metadata: { name: namespace },
      spec: { selector, forwards },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: { containers: [{ name: 'main', image: 'example.com/main:1' }] },
    },
  ];
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(list));
  await kubectl([
    'wait',
    `--namespace=${namespace}`,
    '--for=condition=Ready',
    `pod/${name}`,
    '--timeout=30s',
  ]);
}
