import type { Stage } from '../../../blueprint';
import { fenceManifests } from '../../mesh';
import type { CqlRingContext } from '../CqlRing';
import { CQL_PORT } from '../ports';

/** The fence, before there is anything to fence. */
export function policyStage({ spec, platform, ring }: CqlRingContext): Stage {
  return {
    name: 'policy',
    title: 'Policies around the pods',
    manifests: () =>
      fenceManifests(spec, {
        application: ring.application,
        mesh: ring.mesh.mode,
        trustDomain: platform.istio?.trustDomain ?? 'cluster.local',
        clientPorts: [CQL_PORT],
        ringPorts: ring.ports.ring,
        metricsPort: ring.ports.metrics?.port,
        probePorts: ring.ports.probes,
      }),
    waits: [],
  };
}
