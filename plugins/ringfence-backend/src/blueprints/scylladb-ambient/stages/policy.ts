import {
  fenceManifests,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION } from '../application';
import type { StageContext } from '../context';
import { CQL_PORT, METRICS_PORT, PROBE_PORTS, RING_PORTS } from '../ports';

/** The fence, before there is anything to fence. */
export function policyStage({ spec, platform }: StageContext): Stage {
  return {
    name: 'policy',
    title: 'Policies around the pods',
    manifests: () =>
      fenceManifests(spec, {
        application: APPLICATION,
        trustDomain: platform.istio?.trustDomain ?? 'cluster.local',
        clientPort: CQL_PORT,
        ringPorts: RING_PORTS,
        metricsPort: METRICS_PORT,
        probePorts: PROBE_PORTS,
      }),
    waits: [],
  };
}
