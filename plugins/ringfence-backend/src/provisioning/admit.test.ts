import { NotFoundError } from '@backstage/errors';
import { mockServices } from '@backstage/backend-test-utils';
import { Provisioner } from '.';
import { createBlueprintRegistry } from '../blueprints';

const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  kubernetesCluster: 'nosuch',
  namespace: 'orders',
  owner: 'group:default/payments',
};

it('names the field where the Kubernetes cluster is not configured', async () => {
  const provisioner = new Provisioner({
    clusters: {
      listUsable: () => [],
      listUnusable: () => [],
      get: () => {
        throw new NotFoundError(
          'There is no Kubernetes cluster "nosuch"; there are: "eu-1"',
        );
      },
    },
    blueprints: createBlueprintRegistry([]),
    logger: mockServices.logger.mock(),
    createTools: () => ({} as never),
  });
  await expect(provisioner.plan(SPEC)).rejects.toMatchObject({
    name: 'InputError',
    message:
      'spec.kubernetesCluster: There is no Kubernetes cluster "nosuch"; there are: "eu-1"',
  });
});
