import { createApiRef } from '@backstage/frontend-plugin-api';
import type { RingfenceApi } from '@ringfence/backstage-plugin-ringfence-common';

/** The Ringfence backend, as the interface asks it. */
export const ringfenceApiRef = createApiRef<RingfenceApi>().with({
  id: 'plugin.ringfence.api',
  pluginId: 'ringfence',
});
