import {
  createComponentExtension,
  createPlugin,
  createRoutableExtension,
} from '@backstage/core-plugin-api';
import { Entity, RELATION_DEPENDS_ON } from '@backstage/catalog-model';
import { createScaffolderFieldExtension } from '@backstage/plugin-scaffolder-react';
import { DATABASE_ANNOTATION } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiFactory } from './apiFactory';
import {
  KUBERNETES_CLUSTER_PICKER,
  KubernetesClusterPicker,
  kubernetesClusterPickerSchema,
  validateKubernetesCluster,
} from './components/KubernetesClusterPicker';
import { createDatabaseRouteRef, rootRouteRef } from './routes';

export { ringfenceApiRef } from './api';
export { ringfenceTranslationRef } from './translation';

/** The plugin for apps on the legacy frontend system. */
export const ringfencePlugin = createPlugin({
  id: 'ringfence',
  apis: [ringfenceApiFactory],
  routes: { root: rootRouteRef },
  externalRoutes: { create: createDatabaseRouteRef },
});

/** The page of all databases, for a `Route` at `/ringfence`. */
export const RingfencePage = ringfencePlugin.provide(
  createRoutableExtension({
    name: 'RingfencePage',
    component: () =>
      import('./components/LegacyRingfencePage').then(
        m => m.LegacyRingfencePage,
      ),
    mountPoint: rootRouteRef,
  }),
);

/** The entity card, for an entity page of the legacy frontend system. */
export const EntityRingfenceCard = ringfencePlugin.provide(
  createComponentExtension({
    name: 'EntityRingfenceCard',
    component: {
      lazy: () =>
        import('./components/FenceCard/FenceCard').then(m => m.FenceCard),
    },
  }),
);

/** The tab of an entity page: the content of an `EntityLayout.Route` at `/fence`. */
export const EntityRingfenceContent = ringfencePlugin.provide(
  createComponentExtension({
    name: 'EntityRingfenceContent',
    component: {
      lazy: () =>
        import('./components/FenceTab/FenceTab').then(m => m.FenceTab),
    },
  }),
);

/** The form field, as a child of `ScaffolderFieldExtensions`. */
export const RingfenceKubernetesClusterPickerFieldExtension =
  ringfencePlugin.provide(
    createScaffolderFieldExtension({
      name: KUBERNETES_CLUSTER_PICKER,
      component: KubernetesClusterPicker,
      validation: validateKubernetesCluster,
      schema: kubernetesClusterPickerSchema.schema,
    }),
  );

/** For `EntitySwitch.Case`: the card may have something to show on this entity. */
export function isRingfenceAvailable(entity: Entity): boolean {
  return Boolean(
    entity.metadata.annotations?.[DATABASE_ANNOTATION] ??
      entity.relations?.some(
        ({ type, targetRef }) =>
          type === RELATION_DEPENDS_ON && targetRef.startsWith('resource:'),
      ),
  );
}
