import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import {
  cqlRingRequirements,
  note,
  requireAmbientMesh,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ScylladbAmbientSpec } from './spec';

/** What ScyllaDB asks of each node of Kubernetes. */
const AIO_CONTEXTS = 1_048_576;

const aioNote = note('fs.aio-max-nr', {
  met: false,
  message:
    'Ringfence cannot see fs.aio-max-nr of the nodes: ScyllaDB outside of developer mode does not start where it is too low',
  remedy: {
    text: `Set it to ${AIO_CONTEXTS} or more on every node that may run a pod of the ring`,
    command: `sysctl -w fs.aio-max-nr=${AIO_CONTEXTS}`,
  },
});

/** What this blueprint needs, and what a person should know before it runs. */
export function scylladbAmbientRequirements(
  spec: ScylladbAmbientSpec,
  platform: Platform,
): Requirement[] {
  const production = spec.profile === 'production';
  return cqlRingRequirements(spec, platform, {
    mesh: requireAmbientMesh(platform),
    xfsFor: production ? 'ScyllaDB in production' : undefined,
    production: [aioNote],
  });
}
