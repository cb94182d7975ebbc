import { createBlueprintRegistry } from '..';
import { exampleSpec, required } from './__fixtures__/spec';
import { igniteSidecarSchema } from './spec';

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

describe('the spec of an Ignite cluster with sidecars', () => {
  it('completes itself with two nodes of Ignite that keep their data', () => {
    expect(exampleSpec()).toMatchObject({
      ...required,
      product: 'ignite',
      version: '2.17.0',
      replicas: 2,
      caches: [],
      persistence: { enabled: true },
      resources: { cores: 1, memory: '1Gi' },
      access: { exposure: 'tls', clientCertificates: 'off' },
      strictMtls: true,
    });
  });

  it.each([
    ['ignite', {}],
    ['gridgain', { product: 'gridgain', profile: 'production' }],
    ['caches', { caches: [{ name: 'a' }, { name: 'b', mode: 'REPLICATED' }] }],
  ])('reads its own completion again: %s', (_name, changes) => {
    const spec = exampleSpec(changes);
    expect(igniteSidecarSchema.parse(spec)).toEqual(spec);
  });

  it.each([
    [2, { name: 'a' }, { name: 'a', mode: 'PARTITIONED', backups: 1 }],
    [1, { name: 'a' }, { name: 'a', mode: 'PARTITIONED', backups: 0 }],
    [2, { name: 'a', mode: 'REPLICATED' }, { name: 'a', mode: 'REPLICATED' }],
  ])(
    'gives a cache of %d nodes the backups that it can have',
    (replicas, cache, complete) => {
      expect(exampleSpec({ replicas, caches: [cache] }).caches).toEqual([
        complete,
      ]);
    },
  );

  it('takes the newest GridGain where that is asked for', () => {
    expect(exampleSpec({ product: 'gridgain' })).toMatchObject({
      version: '8.9.32',
      gridgain: { edition: 'enterprise' },
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a version of the other product's",
      { version: '8.9.32' },
      'spec.version: is not a known version of ignite; known are 2.17.x (such as 2.17.0), 2.16.x (such as 2.16.0)',
    ],
    [
      'more backups than other nodes',
      { caches: [{ name: 'a', backups: 2 }] },
      'spec.caches[0].backups: must be fewer than replicas (2)',
    ],
    [
      'backups of what is everywhere',
      { caches: [{ name: 'a', mode: 'REPLICATED', backups: 1 }] },
      'spec.caches[0].backups: must be left out where mode is REPLICATED',
    ],
    [
      'two caches of one name',
      { caches: [{ name: 'a' }, { name: 'a' }] },
      'spec.caches[1].name: must be another: there is a cache "a"',
    ],
    [
      'a name that is markup',
      { caches: [{ name: '<bean/>' }] },
      'spec.caches[0].name: must begin with a letter',
    ],
    [
      'a gateway to nodes that know no logins',
      { persistence: { enabled: false } },
      'spec.access.clientCertificates: must be required where persistence is off',
    ],
    [
      'nodes without logins that take plaintext',
      {
        persistence: { enabled: false },
        strictMtls: false,
        access: { exposure: 'none' },
      },
      'spec.strictMtls: must be true where persistence is off',
    ],
    [
      'an application by the name that REST is served by',
      {
        access: {
          hostname: 'orders.example.com',
          application: {
            hostname: 'orders.example.com',
            namespace: 'shop',
            service: 'web',
            port: 80,
          },
        },
      },
      'spec.access.application: must have another hostname than access.hostname',
    ],
    [
      'certificates of clients where there is no gateway',
      { access: { exposure: 'none', clientCertificates: 'required' } },
      'spec.access.clientCertificates: must be off where exposure is none',
    ],
    [
      'an application where there is no gateway',
      {
        access: {
          exposure: 'none',
          application: {
            hostname: 'shop.example.com',
            namespace: 'shop',
            service: 'web',
            port: 80,
          },
        },
      },
      'spec.access.application: must be left out where exposure is none',
    ],
    [
      'a licence of Apache Ignite',
      { gridgain: { licenceSecret: 'mine' } },
      'spec.gridgain.licenceSecret: must be left out: Apache Ignite has no licence',
    ],
    [
      'a licence of the community edition',
      {
        product: 'gridgain',
        gridgain: { edition: 'community', licenceSecret: 'mine' },
      },
      'must be left out: the community edition has no licence',
    ],
    [
      'a scraper that nobody names',
      { monitoring: { outsideMesh: true } },
      'spec.monitoring.namespace: must say who may scrape',
    ],
    [
      'the words of a ring',
      { datacenter: 'dc1' },
      'spec.datacenter: no such field',
    ],
  ])('refuses %s', (_name, changes, message) => {
    expect(refusal(changes)).toContain(message);
  });

  it.each<[string, Record<string, unknown>]>([
    [
      'nodes without logins behind certificates',
      {
        persistence: { enabled: false },
        access: { clientCertificates: 'required' },
      },
    ],
    [
      'nodes without logins inside the mesh',
      { persistence: { enabled: false }, access: { exposure: 'none' } },
    ],
    [
      'a Secret that holds the licence',
      { product: 'gridgain', gridgain: { licenceSecret: 'mine' } },
    ],
  ])('takes %s', (_name, changes) => {
    expect(refusal(changes)).toBeUndefined();
  });

  it('takes a licence and keeps it nowhere', () => {
    const sent = {
      product: 'gridgain',
      gridgain: { licence: '<the licence>' },
    };
    const { spec } = registry.parse({ ...required, ...sent });
    expect(JSON.stringify(spec)).not.toContain('the licence');
  });
});
