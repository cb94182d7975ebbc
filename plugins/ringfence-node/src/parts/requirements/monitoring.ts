import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import { servesPodMonitors, type Monitored } from '../monitoring';
import { met, note, unmet } from './answers';

/** Somebody who may scrape learns where: it needs the Prometheus Operator. */
export function notePodMonitors(
  { monitoring }: Pick<Monitored, 'monitoring'>,
  platform: Platform,
): Requirement[] {
  if (!monitoring.namespace) return [];
  const answer = servesPodMonitors(platform)
    ? met(`PodMonitors tell a Prometheus in "${monitoring.namespace}" of it`)
    : unmet(
        `Kubernetes cluster "${platform.kubernetesCluster}" does not serve PodMonitor (monitoring.coreos.com/v1): namespace "${monitoring.namespace}" may scrape, but nothing tells its Prometheus what`,
        'Install the Prometheus Operator, or add the pods to the configuration of Prometheus yourself',
      );
  return [note('PodMonitor', answer, 'monitoring.namespace')];
}
