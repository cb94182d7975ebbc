import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import {
  databaseCreatePermission,
  databasePermissions,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  ringfenceBlueprintsExtensionPoint,
  ringfenceKubernetesClustersExtensionPoint,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createMemoryKubernetesCluster } from '@ringfence/sandbox';
import request from 'supertest';
import { scylladbAmbient } from './blueprints';
import { ringfencePlugin } from './plugin';

/** A module that adds an empty Kubernetes cluster, and a blueprint under another name. */
const contributions = createBackendModule({
  pluginId: 'ringfence',
  moduleId: 'contributions',
  register(env) {
    env.registerInit({
      deps: {
        blueprints: ringfenceBlueprintsExtensionPoint,
        clusters: ringfenceKubernetesClustersExtensionPoint,
      },
      async init({ blueprints, clusters }) {
        blueprints.addBlueprint({ ...scylladbAmbient, kind: 'other' } as never);
        clusters.addKubernetesCluster(
          createMemoryKubernetesCluster({ name: 'sandbox' }),
        );
      },
    });
  },
});

it('serves what modules contribute, and registers its permissions', async () => {
  const permissionsRegistry = mockServices.permissionsRegistry.mock();
  const { server } = await startTestBackend({
    features: [ringfencePlugin, contributions, permissionsRegistry.factory],
  });
  expect(permissionsRegistry.addPermissions).toHaveBeenCalledWith([
    databaseCreatePermission,
  ]);
  expect(permissionsRegistry.addResourceType).toHaveBeenCalledWith(
    expect.objectContaining({
      resourceRef: expect.objectContaining({
        resourceType: 'ringfence-database',
      }),
      permissions: databasePermissions,
      rules: ['IS_OWNER', 'IS_KUBERNETES_CLUSTER', 'IS_BLUEPRINT'].map(name =>
        expect.objectContaining({ name }),
      ),
    }),
  );

  const get = async (path: string) =>
    (await request(server).get(`/api/ringfence${path}`).expect(200)).body;
  expect((await get('/platforms')).items).toEqual([
    expect.objectContaining({ name: 'sandbox' }),
  ]);
  expect((await get('/blueprints')).items.map(({ kind }: any) => kind)).toEqual(
    [
      'scylladb-ambient',
      'cassandra-sidecar',
      'cassandra-keystores',
      'ignite-sidecar',
      'k8ssandra',
      'other',
    ],
  );
  expect(await get('/databases')).toEqual({ items: [], unreachable: [] });
  expect((await get('/openapi.json')).info.title).toBe('ringfence');
});

it('refuses a spec for a Kubernetes cluster that cannot run it, before anything is applied', async () => {
  const { server } = await startTestBackend({
    features: [ringfencePlugin, contributions],
  });
  const { status, body } = await request(server)
    .post('/api/ringfence/plan')
    .send({
      blueprint: 'scylladb-ambient',
      name: 'orders',
      kubernetesCluster: 'sandbox',
      namespace: 'orders',
      owner: 'user:default/mock',
    });
  expect(status).toBe(400);
  expect(body.error.message).toContain(
    'spec.access.gatewayClass: GatewayClass "istio" not found',
  );
});
