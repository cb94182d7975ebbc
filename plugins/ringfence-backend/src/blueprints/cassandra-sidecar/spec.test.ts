import { createBlueprintRegistry } from '..';
import { exampleSpec, required } from './__fixtures__/spec';
import { cassandraSidecarSchema } from './spec';

const registry = createBlueprintRegistry();

/** What is said about a spec with these changes; undefined where it passes. */
function refusal(changes: Record<string, unknown>): string | undefined {
  try {
    registry.parse({ ...required, ...changes });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the spec of a Cassandra ring with sidecars', () => {
  it('completes itself with defaults', () => {
    expect(exampleSpec()).toMatchObject({
      ...required,
      profile: 'dev',
      replicas: 3,
      version: '5.0.8',
      datacenter: 'datacenter1',
      rack: 'rack1',
      resources: { cores: 1, memory: '1Gi' },
      access: { exposure: 'tls', nativePort: true },
      strictMtls: true,
      mesh: {},
    });
  });

  it.each([['dev'], ['production']])(
    'reads its own completion again, in profile %s',
    profile => {
      const spec = exampleSpec({ profile });
      expect(cassandraSidecarSchema.parse(spec)).toEqual(spec);
    },
  );

  it.each([['4.1.0'], ['4.1.10'], ['5.0.0'], ['5.0.8']])(
    'knows Cassandra %s',
    version => {
      expect(refusal({ version })).toBeUndefined();
    },
  );

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a line that is not known',
      { version: '4.0.17' },
      'spec.version: is not a known version of Cassandra; known are 5.0.x (such as 5.0.8), 4.1.x (such as 4.1.10)',
    ],
    ['a floating tag', { version: '5.0' }, 'spec.version: is not a known'],
    [
      'a version of ScyllaDB',
      { version: '2026.1.11' },
      'spec.version: is not a known',
    ],
    [
      'resources in the dev profile',
      { resources: { cores: 2 } },
      'spec.resources: must be left out in the dev profile, which has 1 core and 1Gi a node',
    ],
    [
      'too little memory in production',
      { profile: 'production', resources: { memory: '2Gi' } },
      'spec.resources.memory: must be at least 4Gi in production, not 2Gi',
    ],
    [
      'a revision that is no label',
      { mesh: { revision: '1.31' } },
      'spec.mesh.revision: must be a DNS label',
    ],
    [
      'a field of the mesh that there is not',
      { mesh: { mode: 'ambient' } },
      'spec.mesh.mode: no such field',
    ],
    [
      'a certificate without any name',
      { certificate: { internalNames: false } },
      'spec.certificate.dnsNames: must hold a name',
    ],
  ])('refuses %s', (_name, changes, message) => {
    expect(refusal(changes)).toContain(message);
  });
});
