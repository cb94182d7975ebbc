import { screen } from '@testing-library/react';
import {
  createExtensionTester,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import { catalogApiRef, entityRouteRef } from '@backstage/plugin-catalog-react';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import {
  catalogApiMock,
  createTestEntityPage,
} from '@backstage/plugin-catalog-react/testUtils';
import { clientOf, resourceOf, unlinked } from './__fixtures__/entities';
import { mockRingfenceApi } from './__testUtils__/render';
import { ringfenceApiRef } from './api';
import {
  EntityRingfenceCard,
  RingfencePage,
  isRingfenceAvailable,
  ringfencePlugin as legacyPlugin,
} from './legacy';
import {
  databaseCard,
  fleetPage,
  platformsPage,
  ringfencePage,
  ringfencePlugin,
} from './plugin';

const user = { ...unlinked, kind: 'User' };

describe('the card in an app', () => {
  it('is on the entity page of a database', async () => {
    renderTestApp({
      extensions: [
        createTestEntityPage({ entity: resourceOf('orders') }),
        databaseCard,
      ],
      apis: [
        [ringfenceApiRef, mockRingfenceApi()],
        [catalogApiRef, catalogApiMock()],
      ],
    });

    expect(await screen.findByText('Fenced')).toBeInTheDocument();
  });

  it.each([
    ['a database', resourceOf('orders'), true],
    ['a Component that depends on a Resource', clientOf('bucket'), true],
    ['a Component that depends on none', clientOf(), false],
    ['a Resource that is linked to no database', unlinked, false],
    ['a user', user, false],
  ])('is asked for on %s: %3$s', (_name, entity, shown) => {
    const filter = createExtensionTester(databaseCard).get(
      EntityCardBlueprint.dataRefs.filterFunction,
    );

    expect(filter?.(entity)).toBe(shown);
    expect(isRingfenceAvailable(entity)).toBe(shown);
  });
});

describe('the page of all databases', () => {
  it.each([
    ['/ringfence', 'grid', 'Databases'],
    ['/ringfence/platforms', 'region', 'eu-1'],
  ])('is at %s', async (path, role, name) => {
    renderTestApp({
      extensions: [ringfencePage, fleetPage, platformsPage],
      apis: [
        [ringfenceApiRef, mockRingfenceApi()],
        [catalogApiRef, catalogApiMock()],
      ],
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
      initialRouteEntries: [path],
    });

    expect(await screen.findByRole(role, { name })).toBeInTheDocument();
  });
});

describe('the plugin', () => {
  it('has the same id in both frontend systems', () => {
    expect(ringfencePlugin.pluginId).toBe('ringfence');
    expect(legacyPlugin.getId()).toBe('ringfence');
  });

  it('brings its API client, its page and its card to legacy apps', () => {
    expect([...legacyPlugin.getApis()].map(({ api }) => api.id)).toEqual([
      ringfenceApiRef.id,
    ]);
    expect(EntityRingfenceCard).toBeDefined();
    expect(RingfencePage).toBeDefined();
  });
});
