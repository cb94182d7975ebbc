import { createBackendModule } from '@backstage/backend-plugin-api';
import { startTestBackend } from '@backstage/backend-test-utils';
import {
  databaseSpecShape,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  commonLabels,
  namespaceManifest,
  ringfenceBlueprintsExtensionPoint,
  ringfenceKubernetesClustersExtensionPoint,
  type Blueprint,
  type KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import request from 'supertest';
import { z } from 'zod/v3';
import { ringfencePlugin } from './plugin';

jest.setTimeout(120_000);

const APPLICATION = 'notebook';

const schema = z
  .object({
    ...databaseSpecShape,
    blueprint: z.literal('notebook').default('notebook'),
    motto: z.string().default('write it down'),
  })
  .strict();

interface NotebookSpec extends DatabaseSpec {
  readonly blueprint: 'notebook';
  readonly motto: string;
}

/** As little as a blueprint can be: made of what ringfence-node gives, and of nothing of the backend's. */
const notebook: Blueprint<NotebookSpec> = {
  kind: 'notebook',
  title: 'Notebook',
  description: 'Choose it for a database that is one ConfigMap',
  schema,
  requirements: () => [],
  stages: spec => [
    {
      name: 'namespace',
      title: 'Namespace',
      manifests: () => [
        namespaceManifest(spec, {
          application: APPLICATION,
          mesh: { mode: 'ambient' },
          podSecurity: 'restricted',
        }),
      ],
      waits: [],
    },
    {
      name: 'notebook',
      title: 'Notebook',
      manifests: () => [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name: pageRef(spec).name,
            namespace: spec.namespace,
            labels: commonLabels(spec, APPLICATION),
          },
          data: { motto: spec.motto },
        },
      ],
      waits: [
        {
          kind: 'object',
          name: 'the page is there',
          ref: pageRef(spec),
          timeoutMs: 60_000,
          remedy: 'Look at the ConfigMap',
          evaluate: page =>
            page
              ? { state: 'done', message: page.data.motto }
              : { state: 'waiting', why: 'it is not there yet' },
        },
      ],
    },
  ],
  operations: () => [],
  checks: () => [],
  access: spec => ({
    protocol: 'cql',
    exposure: 'none',
    gateway: pageRef(spec),
    tlsPorts: [],
    plaintextPorts: [],
    serverName: spec.name,
    inClusterHost: spec.name,
    caSecret: spec.name,
    certificate: spec.name,
    applicationRoleSecret: spec.name,
    datacenter: 'none',
  }),
  observation: spec => ({
    podLabels: { 'app.kubernetes.io/instance': spec.name },
    container: APPLICATION,
    statefulSet: spec.name,
    replicas: 0,
    certificates: [],
    gateway: pageRef(spec),
    routes: [],
    meshMode: 'none',
    clientPort: 9042,
    publicLogins: [],
  }),
};

function pageRef({ name, namespace }: NotebookSpec) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: `${name}-page`,
    namespace,
  };
}

/** What someone else's module does. */
const moduleOfSomeoneElse = (kubernetes: KubernetesCluster) =>
  createBackendModule({
    pluginId: 'ringfence',
    moduleId: 'notebook',
    register(env) {
      env.registerInit({
        deps: {
          blueprints: ringfenceBlueprintsExtensionPoint,
          clusters: ringfenceKubernetesClustersExtensionPoint,
        },
        async init({ blueprints, clusters }) {
          blueprints.addBlueprint(notebook);
          clusters.addKubernetesCluster(kubernetes);
        },
      });
    },
  });

describe('a blueprint from outside', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox({ ring: () => ({ stub: 'not needed' }) });
  });
  afterAll(() => sandbox?.stop());

  it('is offered, refuses what its schema does, provisions and is reported on', async () => {
    const { server } = await startTestBackend({
      features: [ringfencePlugin, moduleOfSomeoneElse(sandbox.kubernetes)],
    });
    const api = request(server);
    const { body: offered } = await api.get('/api/ringfence/blueprints');
    expect(offered.items).toContainEqual(
      expect.objectContaining({
        kind: 'notebook',
        description: 'Choose it for a database that is one ConfigMap',
      }),
    );

    const spec = {
      blueprint: 'notebook',
      name: 'notes',
      kubernetesCluster: 'sandbox',
      namespace: 'notes',
      owner: 'user:default/mock',
    };
    const refused = await api
      .post('/api/ringfence/databases')
      .send({ ...spec, color: 'red' });
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toContain('spec.color: no such field');

    const created = await api.post('/api/ringfence/databases').send(spec);
    const events = created.text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ type: 'done' });
    const page = await sandbox.kubernetes.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'notes-page',
      namespace: 'notes',
    });
    expect(page?.data).toEqual({ motto: 'write it down' });

    const { body: report } = await api.get(
      '/api/ringfence/databases/sandbox/notes/report',
    );
    expect(report.findings.length).toBeGreaterThan(0);
  });
});
