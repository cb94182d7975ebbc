import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';
import { builtInBlueprints, createBlueprintRegistry } from '.';
import { required } from './scylladb-ambient/__fixtures__/spec';

const another = { ...builtInBlueprints[0], kind: 'another' } as Blueprint<any>;

describe('createBlueprintRegistry', () => {
  it('lists the built-in blueprints and the extra ones', () => {
    const registry = createBlueprintRegistry([another]);
    expect(registry.list().map(({ kind }) => kind)).toEqual([
      'scylladb-ambient',
      'cassandra-sidecar',
      'cassandra-keystores',
      'ignite-sidecar',
      'k8ssandra',
      'another',
    ]);
    expect(registry.get('another')).toBe(another);
  });

  it('refuses two blueprints of one kind', () => {
    expect(() => createBlueprintRegistry([another, another])).toThrow(
      'Two blueprints are of kind "another"',
    );
  });

  it('says which blueprints it knows when asked for another', () => {
    expect(() => createBlueprintRegistry().get('mysql')).toThrow(
      'Blueprint "mysql" not found; known: scylladb-ambient, cassandra-sidecar, cassandra-keystores, ignite-sidecar, k8ssandra',
    );
  });

  it('reads a spec with the blueprint that it names and completes it', () => {
    const { blueprint, spec } = createBlueprintRegistry().parse(required);
    expect(blueprint.kind).toBe('scylladb-ambient');
    expect(spec).toMatchObject({ name: 'orders', replicas: 3 });
  });

  it.each([
    ['a text', 'name: orders'],
    ['nothing', undefined],
    ['no blueprint', { ...required, blueprint: undefined }],
    ['a name that every object has', { ...required, blueprint: 'toString' }],
  ])('refuses %s for a spec', (_name, spec) => {
    expect(() => createBlueprintRegistry().parse(spec)).toThrow(
      'spec.blueprint: must be one of scylladb-ambient, cassandra-sidecar, cassandra-keystores, ignite-sidecar, k8ssandra',
    );
  });

  it('reports every problem, each with its path', () => {
    const spec = {
      ...required,
      owner: undefined,
      replicas: 0,
      access: { clients: [{ namespace: 'Shop', serviceAccount: 'web' }] },
      'evil: key': 1,
    };
    expect(() => createBlueprintRegistry().parse(spec)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: [
          'spec.owner: is required',
          'spec.replicas: must be at least 1',
          'spec.access.clients[0].namespace: must be a DNS label: lower-case letters, digits and "-", beginning and ending with a letter or digit',
          'spec["evil: key"]: no such field',
        ].join('; '),
      }),
    );
  });
});
