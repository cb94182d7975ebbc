import {
  databaseStateSchema,
  STATE_ANNOTATION,
  type DatabaseState,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** What Ringfence is doing with a database, by its Namespace. */
export function stateOf({ metadata }: KubernetesObject): DatabaseState {
  if (metadata.deletionTimestamp) return 'decommissioning';
  const state = databaseStateSchema.safeParse(
    metadata.annotations?.[STATE_ANNOTATION],
  );
  return state.success ? state.data : 'ready';
}
