import { createHash } from 'node:crypto';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { isTrue } from './conditions';
import type { ControllerCluster, ControllerContext } from './context';
import {
  itself,
  keyOf,
  ownedBy,
  refOfKey,
  startController,
  type RunningController,
} from './controller';

const selector = { apiVersion: 'v1', kind: 'Service' };

/** Label of an EndpointSlice: its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Keeps an EndpointSlice for each Service that selects pods. */
export function startEndpoints(context: ControllerContext): RunningController {
  const kubernetes = context.kubernetes.as('endpointslice-controller', {
    force: true,
  });
  return startController({
    name: 'endpoints',
    kubernetes,
    log: context.log,
    watches: [
      { ...selector, concerns: itself },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        concerns: pod => servicesOf(kubernetes, pod),
      },
    ],
    async reconcile(key) {
      const service = await kubernetes.get(refOfKey(selector, key));
      if (!service?.spec?.selector || service.metadata.deletionTimestamp)
        return;
      await kubernetes.apply(await endpointSlice(kubernetes, service));
    },
  });
}

async function servicesOf(
  kubernetes: ControllerCluster,
  pod: KubernetesObject,
) {
  const { namespace, labels = {} } = pod.metadata;
  const services = await kubernetes.list({ ...selector, namespace });
  return services
    .filter(({ spec }) => {
      const wanted = Object.entries(spec?.selector ?? {});
      return (
        wanted.length > 0 &&
        wanted.every(([key, value]) => labels[key] === value)
      );
    })
    .map(keyOf);
}

async function endpointSlice(
  kubernetes: ControllerCluster,
  service: KubernetesObject,
) {
  const { name, namespace } = service.metadata;
  const labels = service.spec.selector;
  const pods = await kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labels,
  });
  const hash = createHash('sha256')
    .update(`${namespace}/${name}`)
    .digest('hex');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${hash.slice(0, 5)}`,
      namespace,
      labels: {
        [SERVICE_NAME_LABEL]: name,
        'endpointslice.kubernetes.io/managed-by':
          'endpointslice-controller.k8s.io',
      },
      ownerReferences: [ownedBy(service)],
    },
    addressType: 'IPv4',
    ports: (service.spec.ports ?? []).map((port: any) => ({
      name: port.name ?? '',
      protocol: port.protocol,
      port: numberOf(port.targetPort, pods),
    })),
    endpoints: pods
      .filter(pod => pod.status?.podIP)
      .map(pod => ({
        addresses: [pod.status.podIP],
        conditions: {
          ready:
            isTrue(pod, 'Ready') ||
            service.spec.publishNotReadyAddresses === true,
          serving: isTrue(pod, 'Ready'),
          terminating: false,
        },
        nodeName: pod.spec.nodeName,
        targetRef: {
          kind: 'Pod',
          namespace,
          name: pod.metadata.name,
          uid: pod.metadata.uid,
        },
      })),
  };
}

/** A target port may be the name of a container's port. */
function numberOf(targetPort: number | string, pods: KubernetesObject[]) {
  if (typeof targetPort === 'number') return targetPort;
  const ports = pods.flatMap(({ spec }) =>
    spec.containers.flatMap((container: any) => container.ports ?? []),
  );
  return ports.find(({ name }) => name === targetPort)?.containerPort;
}
