import {
  createExternalRouteRef,
  createRouteRef,
} from '@backstage/core-plugin-api';

/** The page of all databases. */
export const rootRouteRef = createRouteRef({ id: 'ringfence' });

/** Where databases are created from templates. */
export const createDatabaseRouteRef = createExternalRouteRef({
  id: 'create',
  optional: true,
  defaultTarget: 'scaffolder.root',
});
