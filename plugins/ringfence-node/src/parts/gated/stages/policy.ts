import type { Stage } from '../../../blueprint';
import { fenceManifests } from '../../mesh';
import type { GatedContext } from '../GatedDatabase';

/** The fence, before there is anything to fence. */
export function policyStage({ spec, platform, database }: GatedContext): Stage {
  return {
    name: 'policy',
    title: 'Policies around the pods',
    manifests: () =>
      fenceManifests(spec, {
        application: database.application,
        mesh: database.mesh.mode,
        trustDomain: platform.istio?.trustDomain ?? 'cluster.local',
        clientPorts: database.ports.clients,
        ringPorts: database.ports.ring,
        metricsPort: database.ports.metrics?.port,
        probePorts: database.ports.probes,
      }),
    waits: [],
  };
}
