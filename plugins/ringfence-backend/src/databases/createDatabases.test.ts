import { createHash } from 'node:crypto';
import { mockServices } from '@backstage/backend-test-utils';
import { ServiceUnavailableError } from '@backstage/errors';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { createMemoryKubernetesCluster } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { createTestBlueprint } from '../provisioning/__testUtils__/testBlueprint';
import { createDatabases } from './createDatabases';

const spec = (namespace: string) => `blueprint: test
name: orders
namespace: ${namespace}
kubernetesCluster: memory
owner: group:default/payments
`;

function setup(
  options: { simulated?: string; others?: KubernetesCluster[] } = {},
) {
  const kubernetes = createMemoryKubernetesCluster({
    simulated: options.simulated,
  });
  const all = [kubernetes, ...(options.others ?? [])];
  const entries = all.map(item => ({ kubernetes: item, defaults: {} }));
  const logger = mockServices.logger.mock();
  const databases = createDatabases({
    clusters: {
      listUsable: () => entries,
      listUnusable: () => [],
      get: () => entries[0],
    },
    blueprints: createBlueprintRegistry([
      createTestBlueprint({
        requirements: [],
        action: async () => '',
        waitTimeoutMs: 0,
      }),
    ]),
    logger,
  });
  const add = async (
    name: string,
    options_: { yaml?: string; annotations?: Record<string, string> } = {},
  ) => {
    await kubernetes.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: {
          'app.kubernetes.io/managed-by': 'ringfence',
          'ringfence.dev/database': 'orders',
        },
        annotations: options_.annotations,
      },
    });
    if (options_.yaml === undefined) return;
    await kubernetes.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ringfence', namespace: name },
      data: { 'spec.yaml': options_.yaml },
    });
  };
  return { kubernetes, databases, logger, add };
}

describe('databases', () => {
  it.each([
    [undefined, 'ready'],
    ['provisioning', 'provisioning'],
    ['retained', 'retained'],
    ['nonsense', 'ready'],
  ])('with state annotation %s are %s', async (annotation, state) => {
    const { databases, add } = setup();
    await add('orders', {
      yaml: spec('orders'),
      annotations: annotation ? { 'ringfence.dev/state': annotation } : {},
    });
    expect(await databases.list()).toMatchObject([
      {
        ref: { kubernetesCluster: 'memory', namespace: 'orders' },
        spec: { name: 'orders', replicas: 3 },
        state,
      },
    ]);
  });

  it('say what of them is imitated: their own annotation before the Kubernetes cluster', async () => {
    const { databases, add } = setup({ simulated: 'all of it' });
    await add('one', { yaml: spec('one') });
    await add('two', {
      yaml: spec('two'),
      annotations: { 'ringfence.dev/simulated': 'the ring' },
    });
    const list = await databases.list();
    expect(list.map(({ simulated }) => simulated)).toEqual([
      'all of it',
      'the ring',
    ]);
  });

  it.each([
    ['no spec', undefined, /has no ConfigMap "ringfence"/],
    ['text that is no YAML', 'a: [', /spec\.yaml is no YAML/],
    [
      'a spec that does not fit',
      'blueprint: test',
      /a spec that does not fit: spec\./,
    ],
    [
      'a copied spec',
      spec('elsewhere'),
      /holds the spec of "orders" in namespace "elsewhere"/,
    ],
  ])(
    'with %s are left out, logged once, and explained',
    async (_name, yaml, words) => {
      const { databases, add, logger } = setup();
      await add('broken', { yaml });
      await add('orders', { yaml: spec('orders') });
      expect(await databases.list()).toHaveLength(1);
      expect(await databases.list()).toHaveLength(1);
      expect(logger.warn).toHaveBeenCalledTimes(1);
      expect(logger.warn).toHaveBeenCalledWith(expect.stringMatching(words));
      await expect(
        databases.get({ kubernetesCluster: 'memory', namespace: 'broken' }),
      ).rejects.toMatchObject({
        name: 'NotFoundError',
        message: expect.stringMatching(words),
      });
    },
  );

  it('that cannot be read are told of, with all that their Namespace says', async () => {
    const { databases, add } = setup();
    await add('broken', {
      yaml: 'a: [',
      annotations: { 'ringfence.dev/owner': 'group:default/payments' },
    });
    await add('new', {
      annotations: { 'ringfence.dev/state': 'provisioning' },
    });
    const told: object[] = [];
    const onUnreadable = (database: object) => told.push(database);
    expect(await databases.list({ onUnreadable })).toEqual([]);
    expect(told).toHaveLength(2);
    expect(told).toEqual(
      expect.arrayContaining([
        {
          ref: { kubernetesCluster: 'memory', namespace: 'broken' },
          name: 'orders',
          owner: 'group:default/payments',
          state: 'ready',
          why: expect.stringContaining('spec.yaml is no YAML'),
        },
        {
          ref: { kubernetesCluster: 'memory', namespace: 'new' },
          name: 'orders',
          owner: undefined,
          state: 'provisioning',
          why: expect.stringContaining('has no ConfigMap'),
        },
      ]),
    );
  });

  it('are not handed to another owner by who may write into their ConfigMap', async () => {
    const { databases, add } = setup();
    await add('orders', {
      yaml: spec('orders').replace('payments', 'mallory'),
      annotations: { 'ringfence.dev/owner': 'group:default/payments' },
    });
    await expect(
      databases.get({ kubernetesCluster: 'memory', namespace: 'orders' }),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining(
        'names the owner "group:default/mallory", its Namespace "group:default/payments"',
      ),
    });
  });

  it('are not found in a namespace that is not there or not managed by Ringfence', async () => {
    const { databases, kubernetes } = setup();
    const ref = { kubernetesCluster: 'memory', namespace: 'theirs' };
    await expect(databases.get(ref)).rejects.toThrow(
      'there is no such namespace',
    );
    await kubernetes.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'theirs' },
    });
    await expect(databases.get(ref)).rejects.toThrow(
      'not managed by Ringfence',
    );
    expect(await databases.list()).toEqual([]);
  });

  it.each(['..', '.', 'orders/pods', 'Orders', ''])(
    'are not looked for under a name that no namespace has: "%s"',
    async namespace => {
      const { databases, kubernetes } = setup();
      const get = jest.spyOn(kubernetes, 'get');
      await expect(
        databases.get({ kubernetesCluster: 'memory', namespace }),
      ).rejects.toMatchObject({
        name: 'NotFoundError',
        message: expect.stringContaining('no name of a namespace'),
      });
      expect(get).not.toHaveBeenCalled();
    },
  );

  it('are listed without those of a Kubernetes cluster that does not answer', async () => {
    const away = createMemoryKubernetesCluster({ name: 'away' });
    away.list = async () => {
      throw new ServiceUnavailableError('no route to "away"');
    };
    const { databases, add, logger } = setup({ others: [away] });
    await add('orders', { yaml: spec('orders') });
    const unreachable: string[] = [];
    const onUnreachable = (name: string) => unreachable.push(name);
    expect(await databases.list({ onUnreachable })).toHaveLength(1);
    expect(unreachable).toEqual(['away']);
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('no route to "away"'),
    );
  });

  describe('of which all specs were read at once', () => {
    const annotated = (yaml: string) => ({
      'ringfence.dev/spec-sha256': createHash('sha256')
        .update(yaml)
        .digest('hex'),
    });

    it.each([
      ['are not read again', 'ringfence', {}, 0],
      [
        'are not read again where they are the ones that were provisioned',
        'ringfence',
        annotated(spec('orders')),
        0,
      ],
      [
        'are read again where they are others',
        'ringfence',
        annotated('a newer spec'),
        1,
      ],
      ['are read one by one where a label is missing', 'nobody', {}, 1],
    ])('%s', async (_what, manager, annotations, times) => {
      const { kubernetes, databases, add } = setup();
      await add('orders', { yaml: spec('orders'), annotations });
      await kubernetes.as('kubectl', { force: true }).apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'ringfence',
          namespace: 'orders',
          labels: { 'app.kubernetes.io/managed-by': manager },
        },
      });
      const texts = await databases.listTexts(kubernetes);
      const namespace = await kubernetes.get({
        apiVersion: 'v1',
        kind: 'Namespace',
        name: 'orders',
      });
      const get = jest.spyOn(kubernetes, 'get');
      const read = databases.readFrom(kubernetes, namespace!, texts);
      expect(await read).toMatchObject({ spec: { name: 'orders' } });
      expect(get).toHaveBeenCalledTimes(times);
    });

    it('are read one by one where ConfigMaps may not be listed everywhere', async () => {
      const { kubernetes, databases } = setup();
      jest.spyOn(kubernetes, 'list').mockRejectedValue(new Error('forbidden'));
      expect((await databases.listTexts(kubernetes)).size).toBe(0);
    });
  });
});
