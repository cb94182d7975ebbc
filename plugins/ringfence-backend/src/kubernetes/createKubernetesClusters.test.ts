import { ConfigReader } from '@backstage/config';
import { mockServices } from '@backstage/backend-test-utils';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { createKubernetesClusters } from './createKubernetesClusters';

const sandbox = {
  kubernetes: { name: 'sandbox' } as KubernetesCluster,
  defaults: { dnsSuffix: 'sandbox.example.com' },
};

const portalCluster = (name: string, changes = {}) => ({
  name,
  url: `https://${name}.example.com`,
  authProvider: 'serviceAccount',
  serviceAccountToken: 'token',
  ...changes,
});

function create(contributed = [sandbox]) {
  const logger = mockServices.logger.mock();
  const clusters = createKubernetesClusters({
    config: new ConfigReader({
      ringfence: {
        kubernetesClusters: [{ name: 'eu-1', inCluster: true }],
      },
      kubernetes: {
        clusterLocatorMethods: [
          {
            type: 'config',
            clusters: [
              portalCluster('us-1'),
              portalCluster('eu-1', { authProvider: 'oidc' }),
              portalCluster('ap-1', { skipTLSVerify: true }),
            ],
          },
        ],
      },
    }),
    contributed,
    logger,
  });
  return { clusters, logger };
}

it('knows contributed ones, those of its own configuration, and those of the portal', () => {
  const { clusters } = create();

  expect(
    clusters.listUsable().map(({ kubernetes }) => kubernetes.name),
  ).toEqual(['sandbox', 'eu-1', 'us-1']);
  expect(clusters.get('sandbox')).toBe(sandbox);
});

it('lists those it cannot use, unless its own configuration names them as well', () => {
  const { clusters, logger } = create();

  expect(clusters.listUnusable().map(({ name }) => name)).toEqual(['ap-1']);
  expect(logger.info).toHaveBeenCalledTimes(1);
  expect(logger.info).toHaveBeenCalledWith(
    expect.stringMatching(/^Kubernetes cluster "ap-1" is not used: .*caData/),
  );
});

it('says why one cannot be used, and which there are', () => {
  const { clusters } = create();

  expect(() => clusters.get('ap-1')).toThrow(
    'Kubernetes cluster "ap-1" cannot be used: it sets skipTLSVerify',
  );
  expect(() => clusters.get('mars')).toThrow(
    'There is no Kubernetes cluster "mars"; there are: "sandbox", "eu-1", "us-1"',
  );
});

it('refuses a contributed one that is configured, too', () => {
  const twin = {
    ...sandbox,
    kubernetes: { name: 'eu-1' } as KubernetesCluster,
  };

  expect(() => create([twin])).toThrow(
    'Kubernetes cluster "eu-1" is contributed by a module and named under ringfence.kubernetesClusters',
  );
});
