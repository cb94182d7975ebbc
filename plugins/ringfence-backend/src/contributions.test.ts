import type {
  Blueprint,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  ContributedBlueprints,
  ContributedKubernetesClusters,
} from './contributions';

it('takes each Kubernetes cluster once, with its defaults', () => {
  const clusters = new ContributedKubernetesClusters();
  const kubernetes = { name: 'eu-1' } as KubernetesCluster;
  clusters.addKubernetesCluster(kubernetes, {
    defaults: { dnsSuffix: 'db.example.com' },
  });
  expect(clusters.all).toEqual([
    { kubernetes, defaults: { dnsSuffix: 'db.example.com' } },
  ]);
  expect(() => clusters.addKubernetesCluster(kubernetes)).toThrow(
    'Kubernetes cluster "eu-1" was added twice',
  );
});

it('takes each blueprint once', () => {
  const blueprints = new ContributedBlueprints();
  const blueprint = { kind: 'other' } as Blueprint<any>;
  blueprints.addBlueprint(blueprint);
  expect(blueprints.all).toEqual([blueprint]);
  expect(() => blueprints.addBlueprint(blueprint)).toThrow(
    'Blueprint "other" was added twice',
  );
});
