import type { INetworkPolicy } from './manifest';
import type { Fenced, FenceOptions } from './mesh';
import { plaintextMetricsPort } from './monitoring';
import { commonLabels, names, podSelector } from './names';

/** Where ztunnel takes traffic of the mesh (HBONE), and so do sidecars where Istio has both modes. */
export const HBONE_PORT = 15008;

/** Where a sidecar shows metrics: the pod's and its own together, and its own alone. */
const SIDECAR_METRICS_PORTS = [15020, 15090] as const;

/**
 * Where the kubelet's probes come from in an ambient mesh: istio-cni rewrites
 * their source so that ztunnel can tell and let them pass.
 *
 * @see https://istio.io/latest/docs/ambient/usage/networkpolicy/
 */
const PROBE_SOURCES = [
  '169.254.7.127/32',
  'fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128',
] as const;

type Ingress = NonNullable<
  NonNullable<INetworkPolicy['spec']>['ingress']
>[number];

/** Which packets reach the database's pods, beneath what the mesh allows. */
export function networkPolicy(
  spec: Fenced,
  options: FenceOptions,
): INetworkPolicy {
  const rules = options.mesh === 'ambient' ? ambientRules : sidecarRules;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      name: names.ring(spec),
      namespace: spec.namespace,
      labels: commonLabels(spec, options.application),
    },
    spec: {
      podSelector: { matchLabels: podSelector(spec, options.application) },
      policyTypes: ['Ingress'],
      ingress: rules(spec, options),
    },
  };
}

/**
 * Lets the mesh through on its own port, since the pods see no other: which
 * port is meant inside it is for the AuthorizationPolicy to say.
 */
function ambientRules(spec: Fenced, options: FenceOptions): Ingress[] {
  const clients = clientNamespaces(spec);
  const scrapers = monitoring(spec);
  const open = plaintextMetricsPort(spec, options.metricsPort);
  return [
    fromNamespaces([...clients, ...scrapers], [HBONE_PORT]),
    fromKubelet(options.probePorts),
    ...(spec.strictMtls ? [] : [fromNamespaces(clients, options.clientPorts)]),
    ...(open === undefined ? [] : [fromNamespaces(scrapers, [open])]),
  ];
}

/**
 * Sidecars keep the ports as they are, so each is filtered by itself; in a mesh
 * that also has ambient mode, a gateway and clients tunnel to them by HBONE, where
 * the AuthorizationPolicy alone sees the port that is meant. The kubelet comes from the pod's own node, which is always let in, and asks the
 * sidecar (15020 and 15021); istiod is only ever dialled.
 */
function sidecarRules(spec: Fenced, options: FenceOptions): Ingress[] {
  const scrapers = monitoring(spec);
  const metrics = [
    ...SIDECAR_METRICS_PORTS,
    ...(options.metricsPort === undefined ? [] : [options.metricsPort]),
  ];
  return [
    fromNamespaces(clientNamespaces(spec), [
      ...options.clientPorts,
      HBONE_PORT,
    ]),
    {
      from: [
        {
          podSelector: { matchLabels: podSelector(spec, options.application) },
        },
      ],
      ports: tcpPorts(options.ringPorts),
    },
    ...(scrapers.length > 0 ? [fromNamespaces(scrapers, metrics)] : []),
  ];
}

/** The gateway is in the database's own. */
function clientNamespaces({ namespace, access }: Fenced): string[] {
  return [namespace, ...access.clients.map(client => client.namespace)];
}

function monitoring(spec: Fenced): string[] {
  return spec.monitoring.namespace ? [spec.monitoring.namespace] : [];
}

function fromNamespaces(
  namespaces: readonly string[],
  ports: readonly number[],
): Ingress {
  return {
    from: [...new Set(namespaces)].map(name => ({
      namespaceSelector: {
        matchLabels: { 'kubernetes.io/metadata.name': name },
      },
    })),
    ports: tcpPorts(ports),
  };
}

function fromKubelet(ports: readonly number[]): Ingress {
  return {
    from: PROBE_SOURCES.map(cidr => ({ ipBlock: { cidr } })),
    ports: tcpPorts(ports),
  };
}

function tcpPorts(ports: readonly number[]) {
  return ports.map(port => ({ protocol: 'TCP' as const, port }));
}
