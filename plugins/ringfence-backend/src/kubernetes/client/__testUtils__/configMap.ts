import type { ApiServerSettings } from '../../config/settings';
import { ClientNodeKubernetesCluster } from '../ClientNodeKubernetesCluster';
import type { FakeApiServer } from './fakeApiServer';

/** The adapter, pointed at a fake. */
export function clusterOf(
  fake: FakeApiServer,
  changes: Partial<Extract<ApiServerSettings, { from: 'url' }>> = {},
): ClientNodeKubernetesCluster {
  return new ClientNodeKubernetesCluster('eu-1', {
    from: 'url',
    url: fake.url,
    caData: fake.caData,
    credentials: { token: () => 'a-token' },
    ...changes,
  });
}

/** The ConfigMap that the tests read and write. */
export const ref = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'orders',
  name: 'a',
};

export const COLLECTION = '/api/v1/namespaces/orders/configmaps';
export const PATH = `${COLLECTION}/a`;

/** It, as we want it. */
export const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'orders', name: 'a' },
  data: { k: 'v' },
};

/** It, as the API server has it. */
export const stored = (metadata: object = {}) => ({
  ...manifest,
  metadata: {
    ...manifest.metadata,
    resourceVersion: '7',
    creationTimestamp: '2026-08-01T10:00:00Z',
    ...metadata,
  },
});
