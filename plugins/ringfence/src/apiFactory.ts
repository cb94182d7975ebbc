import {
  createApiFactory,
  discoveryApiRef,
  fetchApiRef,
} from '@backstage/frontend-plugin-api';
import { RingfenceClient } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from './api';

/** The client of the Ringfence backend, for both frontend systems. */
export const ringfenceApiFactory = createApiFactory({
  api: ringfenceApiRef,
  deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
  factory: deps => new RingfenceClient(deps),
});
