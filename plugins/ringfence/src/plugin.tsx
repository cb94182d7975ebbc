import { convertLegacyRouteRef } from '@backstage/core-compat-api';
import {
  ApiBlueprint,
  PageBlueprint,
  SubPageBlueprint,
  createFrontendPlugin,
} from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import {
  FormFieldBlueprint,
  createFormField,
} from '@backstage/plugin-scaffolder-react/alpha';
import { RiShieldKeyholeLine } from '@remixicon/react';
import { DATABASE_ANNOTATION } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiFactory } from './apiFactory';
import { createDatabaseRouteRef, rootRouteRef } from './routes';

export const ringfenceApi = ApiBlueprint.make({
  params: defineParams => defineParams(ringfenceApiFactory),
});

export const ringfencePage = PageBlueprint.make({
  params: {
    path: '/ringfence',
    title: 'Databases',
    icon: <RiShieldKeyholeLine fontSize="inherit" />,
    routeRef: convertLegacyRouteRef(rootRouteRef),
  },
});

export const fleetPage = SubPageBlueprint.make({
  name: 'databases',
  params: {
    path: 'databases',
    title: 'All databases',
    loader: async () => {
      const { FleetPage } = await import('./components/FleetPage/FleetPage');
      return <FleetPage />;
    },
  },
});

export const platformsPage = SubPageBlueprint.make({
  name: 'platforms',
  params: {
    path: 'platforms',
    title: 'Platforms',
    loader: async () => {
      const { PlatformsPage } = await import(
        './components/PlatformsPage/PlatformsPage'
      );
      return <PlatformsPage />;
    },
  },
});

export const databaseCard = EntityCardBlueprint.make({
  name: 'database',
  params: {
    type: 'content',
    filter: {
      $any: [
        { [`metadata.annotations.${DATABASE_ANNOTATION}`]: { $exists: true } },
        // Whether one of them is a database is known when the card has asked.
        {
          kind: 'component',
          relations: {
            $contains: {
              type: 'dependsOn',
              targetRef: { $hasPrefix: 'resource:' },
            },
          },
        },
      ],
    },
    loader: async () => {
      const { FenceCard } = await import('./components/FenceCard/FenceCard');
      return <FenceCard />;
    },
  },
});

export const fenceTab = EntityContentBlueprint.make({
  name: 'fence',
  params: {
    path: 'fence',
    title: 'Fence',
    filter: {
      [`metadata.annotations.${DATABASE_ANNOTATION}`]: { $exists: true },
    },
    loader: async () => {
      const { FenceTab } = await import('./components/FenceTab/FenceTab');
      return <FenceTab />;
    },
  },
});

export const kubernetesClusterPicker = FormFieldBlueprint.make({
  name: 'ringfence-kubernetes-cluster-picker',
  params: {
    field: async () => {
      const picker = await import('./components/KubernetesClusterPicker');
      return createFormField({
        name: picker.KUBERNETES_CLUSTER_PICKER,
        component: picker.KubernetesClusterPicker,
        schema: picker.kubernetesClusterPickerSchema,
        validation: picker.validateKubernetesCluster,
      });
    },
  },
});

/** The Ringfence plugin: its API client, the page of all databases, the entity card and tab, and the form field. */
export const ringfencePlugin = createFrontendPlugin({
  pluginId: 'ringfence',
  info: { packageJson: () => import('../package.json') },
  routes: { root: convertLegacyRouteRef(rootRouteRef) },
  externalRoutes: { create: convertLegacyRouteRef(createDatabaseRouteRef) },
  extensions: [
    ringfenceApi,
    ringfencePage,
    fleetPage,
    platformsPage,
    databaseCard,
    fenceTab,
    kubernetesClusterPicker,
  ],
});
