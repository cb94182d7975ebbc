import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import { kubernetesClusterContract } from '@ringfence/backstage-plugin-ringfence-node/testUtils';
import { ApiServer } from './ApiServer';
import { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';
import { KubeConfigSource } from './kubeConfig';
import { objectPath, ApiResources } from './resources';

/** A kubeconfig whose current context may make and delete namespaces named `contract-*`. */
const file = process.env.RINGFENCE_TEST_KUBECONFIG;

if (file) {
  // The controllers of a real one take their time to empty a namespace.
  jest.setTimeout(60_000);
  kubernetesClusterContract('a real API server', async () => {
    const settings = { from: 'kubeconfig', file } as const;
    const api = new ApiServer('real', new KubeConfigSource('real', settings));
    const resources = new ApiResources(api);
    return {
      kubernetes: new ClientNodeKubernetesCluster('real', settings),
      async applyAs(fieldManager: string, manifest: Manifest) {
        const { apiVersion, kind, metadata } = manifest;
        const served = await resources.require(apiVersion, kind);
        return api.request({
          method: 'PATCH',
          path: objectPath(served, metadata),
          query: { fieldManager },
          body: manifest,
          contentType: 'application/apply-patch+yaml',
          context: { verb: 'patch', resource: served.plural },
        });
      },
      teardown: async () => {},
    };
  });
} else {
  it.todo('passes the contract on the API server of RINGFENCE_TEST_KUBECONFIG');
}
