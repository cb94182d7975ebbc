import { createBackendModule } from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { ringfenceServiceRef } from '@ringfence/backstage-plugin-ringfence-node';
import {
  createDecommissionAction,
  createIssueCredentialAction,
  createProvisionAction,
  createRenderAction,
} from './actions';

/** Adds the actions `ringfence:database:provision`, `:render`, `:decommission` and `ringfence:credentials:issue` to the scaffolder. */
export const scaffolderModuleRingfence = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'ringfence',
  register(env) {
    env.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        catalog: catalogServiceRef,
        ringfence: ringfenceServiceRef,
      },
      async init({ actions, catalog, ringfence }) {
        actions.addActions(
          createProvisionAction({ catalog, ringfence }),
          createRenderAction({ ringfence }),
          createDecommissionAction({ ringfence }),
          createIssueCredentialAction({ ringfence }),
        );
      },
    });
  },
});
