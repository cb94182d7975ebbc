import {
  names,
  podMonitor,
  servesPodMonitors,
  toManifest,
  type Manifest,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION, nodeLabels } from './names';
import type { CassandraKeystoresSpec } from './spec';

/** Name of the port with Cassandra's metrics, as cass-operator's container declares it. */
const METRICS_PORT = 'metrics';

/** A PodMonitor for the nodes; none where nobody may scrape, or where PodMonitors are not served. */
export function monitorManifests(
  spec: CassandraKeystoresSpec,
  platform: Pick<Platform, 'apis'>,
): Manifest[] {
  if (!spec.monitoring.namespace || !servesPodMonitors(platform)) return [];
  return [
    toManifest(
      podMonitor(
        spec,
        { application: APPLICATION },
        {
          name: names.ring(spec),
          selector: nodeLabels(spec),
          endpoint: { port: METRICS_PORT, path: '/metrics' },
        },
      ),
    ),
  ];
}
