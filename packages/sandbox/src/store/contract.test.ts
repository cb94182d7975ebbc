import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { kubernetesClusterContract } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { localPods } from './__testUtils__/localPods';
import { createMemoryKubernetesCluster } from './MemoryKubernetesCluster';

/** Privileged, and no service of this machine. */
const CLOSED_PORT = 1;

kubernetesClusterContract(
  'memory',
  async () => {
    const kubernetes = createMemoryKubernetesCluster({ pods: localPods });
    const echo = createServer(socket => socket.pipe(socket));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    return {
      kubernetes,
      applyAs: (manager, manifest) => kubernetes.as(manager).apply(manifest),
      async startPod(namespace) {
        const container = { name: 'main', image: 'example.com/main:1' };
        await kubernetes.as('kubelet').create({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'node-0', namespace },
          spec: { containers: [container] },
        });
        return {
          ref: { namespace, pod: 'node-0' },
          echoPort: (echo.address() as AddressInfo).port,
          closedPort: CLOSED_PORT,
        };
      },
      teardown: async () => {
        echo.close();
      },
    };
  },
  { withPods: true },
);
