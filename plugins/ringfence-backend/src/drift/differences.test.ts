import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { differences } from './differences';

const container = (fields: object = {}) => ({
  name: 'scylla',
  image: 'scylladb/scylla:2026.1.11',
  ...fields,
});

function statefulSet(
  spec: Record<string, unknown> = {},
  metadata: object = {},
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 'orders',
      namespace: 'orders',
      resourceVersion: '1',
      labels: { 'ringfence.dev/database': 'orders' },
      ...metadata,
    },
    spec: { replicas: 3, containers: [container()], ...spec },
  };
}

const WANTED = statefulSet({}, { resourceVersion: '2', generation: 2 });

it('finds none where only what the API server keeps for itself differs', () => {
  expect(
    differences({ ...statefulSet(), status: { replicas: 3 } }, WANTED),
  ).toEqual([]);
});

it.each<[string, KubernetesObject, object]>([
  [
    'a value',
    statefulSet({ replicas: 5 }),
    { field: 'spec.replicas', wanted: '3', found: '5' },
  ],
  [
    'a field of a named item',
    statefulSet({ containers: [container({ image: 'other:1' })] }),
    {
      field: 'spec.containers[scylla].image',
      wanted: 'scylladb/scylla:2026.1.11',
      found: 'other:1',
    },
  ],
  [
    'an item that is missing',
    statefulSet({ containers: [] }),
    {
      field: 'spec.containers[scylla]',
      wanted: '{"name":"scylla","image":"scylladb/scylla:2026.1.11"}',
    },
  ],
  [
    'a field that is called as what every object has',
    statefulSet({ constructor: 'x' }),
    { field: 'spec.constructor', found: 'x' },
  ],
  [
    'a label that is missing',
    statefulSet({}, { labels: {} }),
    {
      field: 'metadata.labels[ringfence.dev/database]',
      wanted: 'orders',
    },
  ],
])('tells %s', (_what, live, expected) => {
  expect(differences(live, WANTED)).toEqual([expected]);
});

it('tells a list without names as a whole, and cuts what is long', () => {
  const args = (last: string) => ({
    containers: [container({ args: ['a'.repeat(300), last] })],
  });
  const [found, ...others] = differences(
    statefulSet(args('x')),
    statefulSet(args('y')),
  );
  expect(others).toEqual([]);
  expect(found.field).toBe('spec.containers[scylla].args');
  expect(found.found).toHaveLength(203);
});

it('does not take another order of named items for a difference of fields', () => {
  const other = container({ name: 'other' });
  const [found] = differences(
    statefulSet({ containers: [container(), other] }),
    statefulSet({ containers: [other, container()] }),
  );
  expect(found.field).toBe('spec.containers');
});

describe('who set it', () => {
  const entry = (manager: string, fieldsV1: object, more: object = {}) => ({
    manager,
    operation: 'Update',
    time: '2026-01-02T03:04:05Z',
    fieldsV1: { 'f:spec': fieldsV1 },
    ...more,
  });
  const scyllaImage = {
    'f:containers': { 'k:{"name":"scylla"}': { '.': {}, 'f:image': {} } },
  };
  const managerOf = (managedFields: object[], spec: object) => {
    const live = statefulSet({ ...spec }, { managedFields });
    return differences(live, WANTED)[0].manager;
  };
  const image = { containers: [container({ image: 'other:1' })] };

  it.each<[string, object[], string | undefined]>([
    ['the manager of the field', [entry('edit', scyllaImage)], 'edit'],
    [
      'the latest of several',
      [
        entry('late', scyllaImage, { time: '2026-02-02T00:00:00Z' }),
        entry('edit', scyllaImage),
      ],
      'late',
    ],
    [
      'nobody where it is of another item',
      [
        entry('edit', {
          'f:containers': { 'k:{"name":"b"}': { 'f:image': {} } },
        }),
      ],
      undefined,
    ],
    [
      'not who wrote the status',
      [entry('kubelet', scyllaImage, { subresource: 'status' })],
      undefined,
    ],
    [
      'not Ringfence itself',
      [entry('ringfence', scyllaImage, { operation: 'Apply' })],
      undefined,
    ],
    [
      'who owns a list that is owned whole',
      [entry('helm', { 'f:containers': {} })],
      'helm',
    ],
  ])('is %s', (_what, managedFields, expected) => {
    expect(managerOf(managedFields, image)).toBe(expected);
  });
});
