import { entityEnvelopeSchemaValidator } from '@backstage/catalog-model';
import { templateEntityV1beta3Validator } from '@backstage/plugin-scaffolder-common';
import type { BlueprintSummary } from '@ringfence/backstage-plugin-ringfence-common';
import { toTemplate } from './toTemplate';

const string = { type: 'string' };
const COMMON = {
  apiVersion: { type: 'string', const: 'ringfence.dev/v1' },
  blueprint: { type: 'string', const: 'note' },
  name: string,
  owner: string,
  kubernetesCluster: string,
  namespace: string,
};

function blueprint(
  properties: object = {},
  required: string[] = [],
  kind = 'note',
): BlueprintSummary {
  return {
    kind,
    title: 'A note',
    description: 'Where a database is more than you need',
    schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      additionalProperties: false,
      properties: { ...COMMON, ...properties },
      required: [
        'name',
        'owner',
        'kubernetesCluster',
        'namespace',
        ...required,
      ],
    },
  };
}

function form(properties: object, required?: string[]) {
  const { spec } = toTemplate(blueprint(properties, required)) as any;
  const [common, ...pages] = spec.parameters;
  return { common, pages, input: spec.steps[0].input };
}

const STORAGE = {
  type: 'object',
  properties: {
    size: {
      type: 'string',
      default: '10Gi',
      pattern: '^[0-9]+Gi$',
      description: "Size of each node's volume",
    },
    className: { type: 'string' },
  },
  additionalProperties: false,
};

it.each([
  ['a spec with nothing of its own', blueprint()],
  ['sections and lists', blueprint({ storage: STORAGE })],
  ['a kind that is no name of an entity', blueprint({}, [], 'a note/é')],
  ['a kind that is too long for one', blueprint({}, [], 'n'.repeat(80))],
  ['a schema that is no object', { ...blueprint(), schema: { anyOf: [] } }],
])(
  'makes a template that the scaffolder takes, with %s',
  async (_w, summary) => {
    const template = toTemplate(summary);
    expect(await templateEntityV1beta3Validator.check(template)).toBe(true);
    expect(entityEnvelopeSchemaValidator()(template)).toEqual(template);
    expect(template.metadata.name.length).toBeLessThanOrEqual(63);
  },
);

it('tells kinds apart whose names would be the same', () => {
  const nameOf = (kind: string) =>
    toTemplate(blueprint({}, [], kind)).metadata.name;
  expect(nameOf('a/b')).not.toBe(nameOf('a-b'));
});

it('is owned as the portal says, and by nobody else', () => {
  const owner = 'group:default/platform';
  expect(toTemplate(blueprint(), { owner }).spec).toMatchObject({ owner });
  expect(toTemplate(blueprint()).spec).not.toHaveProperty('owner');
});

it('asks for the fields of every spec with the pickers made for them', () => {
  const { common, pages } = form({});
  expect(pages).toEqual([]);
  expect(Object.keys(common.properties)).toEqual(common.required);
  expect(common.properties).toMatchObject({
    owner: { 'ui:field': 'OwnerPicker' },
    kubernetesCluster: {
      'ui:field': 'RingfenceKubernetesClusterPicker',
      'ui:options': { blueprint: 'note' },
    },
  });
});

it('has a page for single fields and one for each section, with what their schemas say', () => {
  const { pages } = form(
    {
      replicas: { type: 'integer', default: 3, minimum: 1, maximum: 50 },
      profile: { type: 'string', enum: ['dev', 'production'] },
      storage: STORAGE,
    },
    ['profile'],
  );
  expect(pages).toEqual([
    {
      title: 'Settings',
      required: ['profile'],
      properties: {
        replicas: {
          title: 'Replicas',
          type: 'integer',
          default: 3,
          minimum: 1,
          maximum: 50,
        },
        profile: {
          title: 'Profile',
          type: 'string',
          enum: ['dev', 'production'],
        },
      },
    },
    {
      title: 'Storage',
      properties: {
        storage: {
          title: 'Storage',
          type: 'object',
          properties: {
            size: {
              title: 'Size',
              type: 'string',
              description: "Size of each node's volume",
              default: '10Gi',
              pattern: '^[0-9]+Gi$',
            },
            className: { title: 'Class name', type: 'string' },
          },
        },
      },
    },
  ]);
});

it.each([
  ['a list', { type: 'array', items: STORAGE }, { items: { type: 'object' } }],
  [
    'a choice of types',
    { anyOf: [string, { type: 'null' }] },
    { anyOf: [{ title: 'String' }, { title: 'Null' }] },
  ],
  ['a constant', { const: 'x', type: 'string' }, { enum: ['x'], default: 'x' }],
  [
    'a map',
    { type: 'object', additionalProperties: string },
    { additionalProperties: { type: 'string' } },
  ],
])('asks for %s', (_what, schema, expected) => {
  expect(form({ field: schema }).pages[0].properties.field).toMatchObject(
    expected,
  );
});

it.each([
  ['by its name', { adminPassword: string }],
  ['by its format', { login: { type: 'string', format: 'password' } }],
  [
    'because it is written and never read',
    { login: { ...string, writeOnly: true } },
  ],
])('never asks for a secret, known %s', (_how, properties) => {
  const { pages, input } = form({
    ...properties,
    auth: { type: 'object', properties: { ...properties, user: string } },
  });
  expect(pages).toHaveLength(1);
  expect(Object.keys(pages[0].properties.auth.properties)).toEqual(['user']);
  expect(Object.keys(input)).toEqual([
    'blueprint',
    'name',
    'owner',
    'kubernetesCluster',
    'namespace',
    'auth',
  ]);
});

it('hands each value over in one expression, so that no character in it is special', () => {
  const { input } = form({ storage: STORAGE, 'odd-name': string });
  expect(input).toEqual({
    blueprint: 'note',
    name: '${{ parameters.name }}',
    owner: '${{ parameters.owner }}',
    kubernetesCluster: '${{ parameters.kubernetesCluster }}',
    namespace: '${{ parameters.namespace }}',
    storage: '${{ parameters.storage }}',
    'odd-name': '${{ parameters["odd-name"] }}',
  });
});

it('leaves an optional section out that nobody filled in', () => {
  const { pages, input } = form({
    limits: {
      type: 'object',
      properties: { cores: { type: 'integer' }, memory: string },
      required: ['cores', 'memory'],
    },
  });
  expect(pages[0].properties.limits).not.toHaveProperty('required');
  expect(input.limits).toBe(
    '${{ parameters.limits if parameters.limits.cores and parameters.limits.memory else undefined }}',
  );
});
