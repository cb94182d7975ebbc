import { schedulerServiceFactory } from '@backstage/backend-defaults/scheduler';
import { createBackendModule } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import {
  databaseSpecShape,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  ringfenceBlueprintsExtensionPoint,
  ringfenceKubernetesClustersExtensionPoint,
  type Blueprint,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createMemoryKubernetesCluster } from '@ringfence/sandbox';
import { templateEntityV1beta3Validator } from '@backstage/plugin-scaffolder-common';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { z } from 'zod/v3';

jest.setTimeout(180_000);

const WITHIN_MS = 60_000;
const TEMPLATE = 'template/default/ringfence-blueprint-note';
const OWNER = mockCredentials.user().principal.userEntityRef;

interface NoteSpec extends DatabaseSpec {
  readonly text: string;
  readonly paper: { readonly colour: string };
}

/** The least that a blueprint can be: a note on the wall of a namespace. */
const note: Blueprint<NoteSpec> = {
  kind: 'note',
  title: 'A note',
  description: 'Where a database is more than you need',
  schema: z
    .object({
      ...databaseSpecShape,
      blueprint: z.literal('note'),
      text: z.string().default('hold the line').describe('What it says'),
      paper: z
        .object({ colour: z.enum(['white', 'yellow']).default('yellow') })
        .default({}),
    })
    .strict() as unknown as Blueprint<NoteSpec>['schema'],
  requirements: () => [],
  stages: ({ name, namespace, text, paper }) => [
    {
      name: 'note',
      title: 'Note',
      waits: [],
      manifests: () => [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace },
          data: { text, colour: paper.colour },
        },
      ],
    },
  ],
  operations: () => [],
  checks: () => [],
  access: ({ name, namespace }) => ({
    protocol: 'cql',
    exposure: 'none',
    gateway: { apiVersion: 'v1', kind: 'ConfigMap', name, namespace },
    tlsPorts: [],
    plaintextPorts: [],
    serverName: name,
    inClusterHost: name,
    caSecret: name,
    certificate: name,
    applicationRoleSecret: name,
    datacenter: 'none',
  }),
  observation: ({ name, namespace }) => ({
    podLabels: { 'app.kubernetes.io/instance': name },
    container: 'none',
    statefulSet: name,
    replicas: 0,
    certificates: [],
    gateway: { apiVersion: 'v1', kind: 'ConfigMap', name, namespace },
    routes: [],
    meshMode: 'none',
    clientPort: 0,
    publicLogins: [],
  }),
};

const kubernetes = createMemoryKubernetesCluster({ name: 'memory' });

/** As somebody else's backend module would register it. */
const theirModule = createBackendModule({
  pluginId: 'ringfence',
  moduleId: 'theirs',
  register(env) {
    env.registerInit({
      deps: {
        blueprints: ringfenceBlueprintsExtensionPoint,
        clusters: ringfenceKubernetesClustersExtensionPoint,
      },
      async init({ blueprints, clusters }) {
        blueprints.addBlueprint(note);
        clusters.addKubernetesCluster(kubernetes);
      },
    });
  },
});

const SECOND = {
  frequency: { seconds: 1 },
  timeout: { minutes: 1 },
  initialDelay: { seconds: 1 },
};

function start() {
  return startTestBackend({
    features: [
      import('@backstage/plugin-catalog-backend'),
      import(
        '@backstage/plugin-catalog-backend-module-scaffolder-entity-model'
      ),
      import('@backstage/plugin-scaffolder-backend'),
      import('@ringfence/backstage-plugin-ringfence-backend'),
      import('@ringfence/backstage-plugin-catalog-backend-module-ringfence'),
      import('@ringfence/backstage-plugin-scaffolder-backend-module-ringfence'),
      theirModule,
      // The one for tests runs a task once.
      schedulerServiceFactory,
      mockServices.rootConfig.factory({
        data: {
          catalog: {
            rules: [
              { allow: ['Resource'] },
              { allow: ['Template'], locations: [{ type: 'ringfence' }] },
            ],
            processingInterval: { seconds: 1 },
            providers: { ringfence: { schedule: SECOND } },
          },
        },
      }),
    ],
  });
}

/** What `ask` gives as soon as it gives something. */
async function until<T>(
  what: string,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not in time`);
    await sleep(200);
  }
}

it('gets a template made from its schema, and is provisioned through it', async () => {
  const { server } = await start();
  const template = await until<Entity>('The template', async () => {
    const { status, body } = await request(server).get(
      `/api/catalog/entities/by-name/${TEMPLATE}`,
    );
    return status === 200 ? body : undefined;
  });
  expect(await templateEntityV1beta3Validator.check(template)).toBe(true);
  expect(template.metadata).toMatchObject({
    title: 'A note',
    description: 'Where a database is more than you need',
  });

  const started = await request(server)
    .post('/api/scaffolder/v2/tasks')
    .send({
      templateRef: 'template:default/ringfence-blueprint-note',
      values: {
        name: 'wall',
        namespace: 'wall',
        kubernetesCluster: 'memory',
        owner: OWNER,
        text: 'they shall not pass',
        paper: { colour: 'white' },
      },
    });
  expect(started.body).toEqual({ id: expect.any(String) });
  const task = await until('The end of the task', async () => {
    const { body } = await request(server).get(
      `/api/scaffolder/v2/tasks/${started.body.id}`,
    );
    return ['completed', 'failed'].includes(body.status) ? body : undefined;
  });
  expect(task.status).toBe('completed');
  const made = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'wall',
    name: 'wall',
  });
  expect(made?.data).toEqual({ text: 'they shall not pass', colour: 'white' });
});
