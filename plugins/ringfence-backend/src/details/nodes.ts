import type { NodeDetails } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady, podAddresses } from '../checks/objects';
import { nodeStateText } from '../checks/ringNodes';
import { topologyOf } from '../checks/topology';
import { nodeSummaries } from '../checks/toReport';

/** The nodes in the order of the report, each with what Kubernetes and the ring say of it. */
export function nodeDetails(facts: Facts): NodeDetails[] {
  if (!facts.pods.known) return [];
  const pods = facts.pods.value;
  return nodeSummaries(facts).map(({ name, address, status }) => {
    const pod = pods.find(({ metadata }) => metadata.name === name)!;
    const hostedOn: string | undefined = pod.spec?.nodeName;
    const startedAt: string | undefined = pod.status?.startTime;
    return {
      name,
      status,
      ready: isPodReady(pod),
      restarts: restarts(pod),
      ...(address && { address }),
      ...ringPart(facts, podAddresses(pod)),
      ...(hostedOn && { hostedOn }),
      ...(startedAt && { startedAt }),
    };
  });
}

function ringPart(facts: Facts, addresses: readonly string[]) {
  const { ring } = facts;
  const topology = topologyOf(facts);
  const node = ring.known
    ? ring.value.find(({ address }) => addresses.includes(address))
    : undefined;
  if (!node) return {};
  const { state, datacenter, rack, load } = node;
  return {
    ring: topology === 'cluster' ? nodeStateText(state, topology) : state,
    datacenter,
    ...(rack && { rack }),
    ...(load && { load }),
  };
}

/** Of all its containers, sidecars included. */
function restarts({ status }: KubernetesObject): number {
  const statuses: Array<{ restartCount?: number }> = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
  ];
  return statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}
