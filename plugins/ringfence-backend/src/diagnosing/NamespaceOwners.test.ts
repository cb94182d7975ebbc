import { mockServices } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { NamespaceOwners } from './NamespaceOwners';

function component(
  name: string,
  owners: string[],
  annotations: Record<string, string>,
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, annotations },
    relations: owners.map(targetRef => ({ type: 'ownedBy', targetRef })),
  };
}
const IN_SHOP = { 'backstage.io/kubernetes-namespace': 'shop' };

async function ownersIn(...entities: Entity[]): Promise<string[][]> {
  const owners = new NamespaceOwners({
    auth: mockServices.auth(),
    catalog: catalogServiceMock({ entities }),
  });
  return owners.of({ kubernetesCluster: 'eu-1', namespace: 'shop' });
}

it('tells whose each entity is that runs there', async () => {
  expect(
    await ownersIn(
      component('cart', ['group:default/shop'], IN_SHOP),
      component('till', ['group:default/till', 'user:default/ada'], {
        ...IN_SHOP,
        'backstage.io/kubernetes-cluster': 'eu-1',
      }),
      component('orphan', [], IN_SHOP),
    ),
  ).toEqual([
    ['group:default/shop'],
    ['group:default/till', 'user:default/ada'],
    [],
  ]);
});

it('leaves out what runs elsewhere', async () => {
  expect(
    await ownersIn(
      component('cart', ['group:default/shop'], {
        ...IN_SHOP,
        'backstage.io/kubernetes-cluster': 'us-1',
      }),
      component('api', ['group:default/api'], {
        'backstage.io/kubernetes-namespace': 'api',
      }),
      component('nowhere', ['group:default/api'], {}),
    ),
  ).toEqual([]);
});
