import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import type { BlueprintSummary } from '@ringfence/backstage-plugin-ringfence-common';
import { BlueprintTemplateProvider } from './BlueprintTemplateProvider';
import { toTemplate } from './toTemplate';

const blueprint = (kind: string): BlueprintSummary => ({
  kind,
  title: kind,
  description: '',
  schema: { type: 'object', properties: {} },
});
const NOTE = blueprint('note');
const SCYLLA = blueprint('scylladb-ambient');

/** One that somebody wrote. */
const written = (kind: string): Entity => ({
  apiVersion: 'scaffolder.backstage.io/v1beta3',
  kind: 'Template',
  metadata: {
    name: 'somebody-wrote-it',
    annotations: { 'backstage.io/managed-by-location': 'file:template.yaml' },
  },
  spec: {
    steps: [
      { action: 'debug:log' },
      { action: 'ringfence:database:provision', input: { blueprint: kind } },
    ],
  },
});

async function connected(blueprints = [SCYLLA, NOTE]) {
  const inCatalog: Entity[] = [];
  const logger = mockServices.logger.mock();
  const schedule = { run: jest.fn() };
  const listBlueprints = jest.fn(async () => blueprints);
  const applyMutation = jest.fn();
  const provider = new BlueprintTemplateProvider({
    auth: mockServices.auth(),
    catalog: { getEntities: async () => ({ items: inCatalog }) },
    logger,
    ringfence: { listBlueprints },
    schedule,
  });
  await provider.connect({ applyMutation, refresh: jest.fn() });
  return {
    inCatalog,
    listBlueprints,
    logger,
    applyMutation,
    /** @returns the blueprints that have a generated template then */
    async refresh(): Promise<string[]> {
      await schedule.run.mock.calls[0][0].fn();
      const [mutation] = applyMutation.mock.lastCall ?? [{ entities: [] }];
      return mutation.entities.map(
        ({ entity }: { entity: Entity }) =>
          entity.metadata.annotations!['ringfence.dev/blueprint'],
      );
    },
  };
}

it('generates one only once a blueprint was without a template twice', async () => {
  const { inCatalog, refresh } = await connected();
  inCatalog.push(written('scylladb-ambient'));
  expect(await refresh()).toEqual([]);
  expect(await refresh()).toEqual(['note']);
});

it('generates none for the moment until a written one is read', async () => {
  const { inCatalog, refresh } = await connected();
  expect(await refresh()).toEqual([]);
  inCatalog.push(written('scylladb-ambient'), written('note'));
  expect(await refresh()).toEqual([]);
});

it('keeps one that is in the catalog while the portal starts again', async () => {
  const { inCatalog, refresh } = await connected([NOTE]);
  inCatalog.push(toTemplate(NOTE));
  expect(await refresh()).toEqual(['note']);
});

it('gives way to one that somebody writes', async () => {
  const { inCatalog, refresh } = await connected([NOTE]);
  inCatalog.push(toTemplate(NOTE));
  await refresh();
  inCatalog.push(written('note'));
  expect(await refresh()).toEqual([]);
});

it('removes the one of a blueprint that is gone', async () => {
  const { inCatalog, refresh } = await connected([]);
  inCatalog.push(toTemplate(NOTE));
  expect(await refresh()).toEqual([]);
});

it('leaves the catalog alone where blueprints cannot be listed', async () => {
  const { applyMutation, listBlueprints, logger, refresh } = await connected();
  listBlueprints.mockRejectedValue(new Error('connect ECONNREFUSED'));
  await refresh();
  expect(applyMutation).not.toHaveBeenCalled();
  expect(logger.warn).toHaveBeenCalledTimes(1);
});
