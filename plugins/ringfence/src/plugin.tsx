import {
  ApiBlueprint,
  createFrontendPlugin,
} from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import {
  FormFieldBlueprint,
  createFormField,
} from '@backstage/plugin-scaffolder-react/alpha';
import { DATABASE_ANNOTATION } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiFactory } from './apiFactory';

export const ringfenceApi = ApiBlueprint.make({
  params: defineParams => defineParams(ringfenceApiFactory),
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

/** The Ringfence plugin: its API client, the entity card and the form field. */
export const ringfencePlugin = createFrontendPlugin({
  pluginId: 'ringfence',
  info: { packageJson: () => import('../package.json') },
  extensions: [ringfenceApi, databaseCard, kubernetesClusterPicker],
});
