import { ownFieldsOf } from './ownFields';

const entry = (manager: string, changes: object = {}) => ({
  manager,
  operation: 'Apply',
  apiVersion: 'v1',
  time: '2026-06-01T12:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  ...changes,
});

const object = (managedFields: any, name = 'orders') => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name, namespace: 'orders', managedFields },
});

it('keeps the fields that are ours, without since when', () => {
  const status = entry('ringfence', { subresource: 'status' });
  const all = [entry('kubectl'), entry('ringfence'), status];
  expect(ownFieldsOf(object(all))).toEqual([
    {
      manager: 'ringfence',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    },
  ]);
});

it('keeps the same fields once for many objects', () => {
  const time = '2026-07-01T12:00:00Z';
  expect(ownFieldsOf(object([entry('ringfence', { time })], 'one'))).toBe(
    ownFieldsOf(object([entry('ringfence')], 'two')),
  );
});

it.each([[undefined], [[]], ['?'], [[null]], [[entry('kubectl')]]])(
  'finds none in %j',
  managedFields => {
    expect(ownFieldsOf(object(managedFields))).toBeUndefined();
  },
);
