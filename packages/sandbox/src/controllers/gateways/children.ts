import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { parse } from 'yaml';
import { NODE_NAMES } from '../../nodes';

/** On a Gateway: the type of its Service. */
const SERVICE_TYPE_ANNOTATION = 'networking.istio.io/service-type';
const STATUS_PORT = 15021;

/** Deployment, Service and ServiceAccount of a Gateway all have this name. */
export function childName(gateway: KubernetesObject): string {
  return `${gateway.metadata.name}-${gateway.spec.gatewayClassName}`;
}

/** Full name of a Gateway's Service. */
export function serviceHost(gateway: KubernetesObject): string {
  return `${childName(gateway)}.${
    gateway.metadata.namespace
  }.svc.cluster.local`;
}

/** What istiod makes for a Gateway; the ConfigMap of its parameters is merged in. */
export function childManifests(
  gateway: KubernetesObject,
  parameters: KubernetesObject | undefined,
): Manifest[] {
  const overlay = (key: string) =>
    parameters?.data?.[key] ? parse(parameters.data[key]) : {};
  return [
    overlaid(serviceAccount(gateway), overlay('serviceAccount')),
    overlaid(service(gateway), overlay('service')),
    overlaid(deployment(gateway), overlay('deployment')),
  ];
}

function metadata(gateway: KubernetesObject) {
  const { labels, annotations } = gateway.spec.infrastructure ?? {};
  const { apiVersion, kind } = gateway;
  const { name, uid } = gateway.metadata;
  return {
    name: childName(gateway),
    namespace: gateway.metadata.namespace,
    labels: { ...labels, ...gatewayLabels(gateway) },
    ...(annotations && { annotations }),
    ownerReferences: [{ apiVersion, kind, name, uid: uid! }],
  };
}

function gatewayLabels(gateway: KubernetesObject) {
  return {
    'gateway.istio.io/managed': 'istio.io-gateway-controller',
    'gateway.networking.k8s.io/gateway-class-name':
      gateway.spec.gatewayClassName,
    'gateway.networking.k8s.io/gateway-name': gateway.metadata.name,
    'istio.io/dataplane-mode': 'none',
  };
}

function podSelector(gateway: KubernetesObject) {
  return { 'gateway.networking.k8s.io/gateway-name': gateway.metadata.name };
}

function serviceAccount(gateway: KubernetesObject): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(gateway),
  };
}

function service(gateway: KubernetesObject): Manifest {
  const type =
    gateway.spec.infrastructure?.annotations?.[SERVICE_TYPE_ANNOTATION] ??
    gateway.metadata.annotations?.[SERVICE_TYPE_ANNOTATION] ??
    'LoadBalancer';
  const ports = onePerPort(gateway.spec.listeners).map((listener: any) => ({
    name: listener.name,
    appProtocol: listener.protocol.toLowerCase(),
    protocol: 'TCP',
    port: listener.port,
    targetPort: listener.port,
  }));
  const status = {
    name: 'status-port',
    appProtocol: 'tcp',
    protocol: 'TCP',
    port: STATUS_PORT,
  };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(gateway),
    spec: {
      type,
      selector: podSelector(gateway),
      ports: [{ ...status, targetPort: STATUS_PORT }, ...ports],
    },
  };
}

/** Listeners that are told apart by host name share a port of the Service. */
function onePerPort(listeners: any[]): any[] {
  return listeners.filter(
    ({ port }, index) => listeners.findIndex(it => it.port === port) === index,
  );
}

function deployment(gateway: KubernetesObject): Manifest {
  const name = childName(gateway);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(gateway),
    spec: {
      replicas: 1,
      selector: { matchLabels: podSelector(gateway) },
      template: {
        metadata: {
          labels: {
            ...gateway.spec.infrastructure?.labels,
            ...gatewayLabels(gateway),
            'service.istio.io/canonical-name': name,
            'service.istio.io/canonical-revision': 'latest',
            'sidecar.istio.io/inject': 'false',
          },
        },
        spec: {
          serviceAccountName: name,
          securityContext: {
            sysctls: [
              { name: 'net.ipv4.ip_unprivileged_port_start', value: '0' },
            ],
          },
          containers: [
            {
              name: 'istio-proxy',
              image: 'docker.io/istio/proxyv2:1.31.1',
              args: ['proxy', 'router'],
              resources: {
                limits: { cpu: '2', memory: '1Gi' },
                requests: { cpu: '100m', memory: '128Mi' },
              },
              // No seccomp profile: Pod Security "restricted" refuses it as it is.
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                privileged: false,
                readOnlyRootFilesystem: true,
                runAsGroup: 1337,
                runAsNonRoot: true,
                runAsUser: 1337,
              },
              ports: [
                { name: 'metrics', containerPort: 15020, protocol: 'TCP' },
                {
                  name: 'status-port',
                  containerPort: STATUS_PORT,
                  protocol: 'TCP',
                },
              ],
            },
          ],
        },
      },
    },
  };
}

/** The one pod of a Gateway's Deployment. */
export function podManifest(deployed: KubernetesObject): Manifest {
  const { name, namespace, uid } = deployed.metadata;
  const { metadata: template, spec } = deployed.spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${uid!.slice(0, 5)}`,
      namespace,
      labels: template.labels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name,
          uid: uid!,
          controller: true,
        },
      ],
    },
    spec: { ...spec, nodeName: NODE_NAMES[0] },
  };
}

/** A strategic merge as far as parameters need one: lists are replaced. */
function overlaid<T>(base: T, overlay: unknown): T {
  if (!isMap(base) || !isMap(overlay)) return (overlay ?? base) as T;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overlay))
    result[key] = overlaid(result[key], value);
  return result as T;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
