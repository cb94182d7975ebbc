/* eslint-disable @backstage/no-relative-monorepo-imports -- the repository's own scripts are no package */
export { PortalApi } from '../../../../scripts/lib/portalApi';
export type { TaskEvent } from '../../../../scripts/lib/portalApi';

/** Loaded late, since it is an ECMAScript module. */
export const loadPortalScript = () =>
  import('../../../../scripts/lib/portal.mjs');
