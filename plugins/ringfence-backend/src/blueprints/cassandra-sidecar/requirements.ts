import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import {
  cqlRingRequirements,
  note,
  requireSidecarMesh,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { CassandraSidecarSpec } from './spec';

/** What Cassandra asks of each node of Kubernetes: it maps every file of its data. */
const MEMORY_MAPS = 1_048_575;

const memoryMapsNote = note('vm.max_map_count', {
  met: false,
  message:
    'Ringfence cannot see vm.max_map_count of the nodes: where it is too low, Cassandra ends once it has much data',
  remedy: {
    text: `Set it to ${MEMORY_MAPS} or more on every node that may run a pod of the ring`,
    command: `sysctl -w vm.max_map_count=${MEMORY_MAPS}`,
  },
});

/** What this blueprint needs, and what a person should know before it runs. */
export function cassandraSidecarRequirements(
  spec: CassandraSidecarSpec,
  platform: Platform,
): Requirement[] {
  return cqlRingRequirements(spec, platform, {
    mesh: requireSidecarMesh(platform),
    production: [memoryMapsNote],
  });
}
