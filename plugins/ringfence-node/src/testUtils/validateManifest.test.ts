import { validateManifest } from './validateManifest';

const metadata = { name: 'orders', namespace: 'orders' };

describe('validateManifest', () => {
  it.each([
    [
      'a replica count in words',
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        spec: { replicas: 'three' },
      },
      'replicas must be integer',
    ],
    [
      'a Certificate without a Secret',
      { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', spec: {} },
      'secretName',
    ],
    [
      'an unknown mTLS mode',
      {
        apiVersion: 'security.istio.io/v1',
        kind: 'PeerAuthentication',
        spec: { mtls: { mode: 'SOMETIMES' } },
      },
      'mode must be equal to one of',
    ],
    [
      'a Gateway without listeners',
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        spec: { gatewayClassName: 'istio' },
      },
      "must have required property 'listeners'",
    ],
    [
      'a PodMonitor that selects nothing',
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        spec: { podMetricsEndpoints: [{ port: 'metrics' }] },
      },
      "must have required property 'selector'",
    ],
    [
      'a kind that it does not know',
      { apiVersion: 'example.com/v1', kind: 'Widget' },
      'No schema for Widget of example.com/v1',
    ],
  ])('refuses %s', async (_name, manifest, message) => {
    await expect(validateManifest({ ...manifest, metadata })).rejects.toThrow(
      message,
    );
  });
});
