import { manifestOf, manifestsOf, stagesOf } from './__fixtures__/stages';

describe('the stages of a ring of K8ssandra', () => {
  it('come in an order in which each finds what it needs', () => {
    expect(stagesOf().map(({ name }) => name)).toEqual([
      'namespace',
      'credentials',
      'ca',
      'trust',
      'certificate',
      'policy',
      'database',
      'proof',
    ]);
    expect(manifestsOf().length).toBeGreaterThan(8);
    expect(manifestOf('K8ssandraCluster')).toMatchObject({
      metadata: { name: 'orders', namespace: 'orders' },
    });
  });
});
