import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isAsApplied } from './isAsApplied';

const manifest: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'orders', namespace: 'orders', labels: { team: 'a' } },
  spec: {
    selector: { app: 'orders' },
    ports: [
      { name: 'cql', port: 9042 },
      { name: 'tls', port: 9041 },
    ],
  },
};

const labels = { 'f:labels': { 'f:team': {} } };
const port = (number: number) => ({
  [`k:{"port":${number},"protocol":"TCP"}`]: {
    '.': {},
    'f:name': {},
    'f:port': {},
  },
});
const spec = {
  'f:selector': {},
  'f:ports': { ...port(9042), ...port(9041) },
};

const ours = (fieldsV1: object, changes: object = {}) => ({
  manager: 'ringfence',
  operation: 'Apply',
  apiVersion: 'v1',
  fieldsV1,
  ...changes,
});

const fields = { 'f:metadata': labels, 'f:spec': spec };

function live(
  changes: {
    labels?: object;
    spec?: object;
    managedFields?: any[];
    apiVersion?: string;
  } = {},
): KubernetesObject {
  const { apiVersion = 'v1', managedFields = [ours(fields)] } = changes;
  return {
    apiVersion,
    kind: 'Service',
    metadata: {
      name: 'orders',
      namespace: 'orders',
      uid: 'one',
      labels: { team: 'a', 'added/by': 'others', ...changes.labels },
      managedFields,
    },
    spec: {
      clusterIP: '10.96.0.1',
      selector: { app: 'orders' },
      ports: [
        // Completed, and with one more between them.
        { name: 'cql', port: 9042, protocol: 'TCP', targetPort: 9042 },
        { name: 'metrics', port: 9180, protocol: 'TCP' },
        { name: 'tls', port: 9041, protocol: 'TCP', targetPort: 9041 },
      ],
      ...changes.spec,
    },
  };
}

it('takes an object for what was applied that was only completed, and had things added by others', () => {
  const others = { manager: 'kubectl', operation: 'Update', fieldsV1: {} };
  const status = ours({ 'f:status': {} }, { subresource: 'status' });
  const managedFields = [ours(fields), others, status];
  expect(isAsApplied(live({ managedFields }), manifest)).toBe(true);
});

const without = ours({
  'f:metadata': labels,
  'f:spec': { 'f:ports': spec['f:ports'] },
});
const withMore = ours({
  ...fields,
  'f:spec': { ...spec, 'f:type': {} },
});
const withFewerPorts = ours({
  ...fields,
  'f:spec': { ...spec, 'f:ports': port(9042) },
});
const withMorePorts = ours({
  ...fields,
  'f:spec': {
    ...spec,
    'f:ports': { ...spec['f:ports'], ...port(80) },
  },
});

it.each<[string, KubernetesObject]>([
  ['has another value', live({ labels: { team: 'b' } })],
  ['lacks a value', live({ spec: { selector: {} } })],
  ['lacks a field', live({ spec: { selector: undefined } })],
  ['lacks an item', live({ spec: { ports: [{ name: 'cql', port: 9042 }] } })],
  [
    'has another value in an item',
    live({
      spec: {
        ports: [
          { name: 'cql', port: 9042, protocol: 'TCP' },
          { name: 'http', port: 9041, protocol: 'TCP' },
        ],
      },
    }),
  ],
  [
    'has its items in another order',
    live({
      spec: {
        ports: [
          { name: 'tls', port: 9041, protocol: 'TCP' },
          { name: 'cql', port: 9042, protocol: 'TCP' },
        ],
      },
    }),
  ],
  [
    'says more than is wanted in what is owned whole',
    live({ spec: { selector: { app: 'orders', tier: 'none' } } }),
  ],
  [
    'has a field that is another’s now',
    live({ managedFields: [without], spec: { selector: { app: 'orders' } } }),
  ],
  [
    'has a field that is not wanted any more',
    live({ managedFields: [withMore] }),
  ],
  [
    'has an item that is another’s now',
    live({ managedFields: [withFewerPorts] }),
  ],
  [
    'has an item that is not wanted any more',
    live({ managedFields: [withMorePorts] }),
  ],
  ['was never applied', live({ managedFields: [] })],
  [
    'was made by a create',
    live({ managedFields: [ours(fields, { operation: 'Update' })] }),
  ],
  [
    'was made by a create, and applied',
    live({
      managedFields: [ours(fields), ours(fields, { operation: 'Update' })],
    }),
  ],
  [
    'was applied in another version',
    live({ managedFields: [ours(fields, { apiVersion: 'v1beta1' })] }),
  ],
  ['is read in another version', live({ apiVersion: 'v1beta1' })],
  ['says nothing of fields', live({ managedFields: [ours(undefined as any)] })],
])('is not certain of an object that %s', (_what, object) => {
  expect(isAsApplied(object, manifest)).toBe(false);
});

const applied = (object: Manifest, fieldsV1: object) => ({
  ...object,
  metadata: { ...object.metadata, managedFields: [ours(fieldsV1)] },
});

it.each<[string, unknown, unknown, object, boolean]>([
  ['a set', ['a', 'b'], ['b', 'a', 'c'], { 'v:"a"': {}, 'v:"b"': {} }, true],
  [
    'a set that lacks one',
    ['a', 'b'],
    ['a'],
    { 'v:"a"': {}, 'v:"b"': {} },
    false,
  ],
  ['a list that is owned whole', [{ a: 1 }], [{ a: 1 }], {}, true],
  [
    'what API servers complete in it',
    [{ port: 1 }],
    [{ port: 1, protocol: 'TCP' }],
    {},
    true,
  ],
  [
    'what they would complete otherwise',
    [{ port: 1 }],
    [{ port: 1, protocol: 'UDP' }],
    {},
    false,
  ],
  [
    'a range of ports instead of one',
    [{ port: 1 }],
    [{ port: 1, endPort: 9 }],
    {},
    false,
  ],
  ['a list in another order', [1, 2], [2, 1], {}, false],
  ['a list that is longer', [1], [1, 2], {}, false],
  ['a list by numbers', [1], [1], { 'i:0': {} }, false],
])('compares %s', (_what, wanted, found, list, expected) => {
  const object = (value: unknown) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'orders', namespace: 'orders', labels: { team: 'a' } },
    list: value,
  });
  const seen = applied(object(found), { 'f:metadata': labels, 'f:list': list });
  expect(isAsApplied(seen, object(wanted))).toBe(expected);
});
