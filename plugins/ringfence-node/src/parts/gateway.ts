import type { Manifest } from '../kubernetes';
import type { ClientValidation } from './clientCertificates';
import {
  toManifest,
  type IConfigMap,
  type IGateway,
  type IHTTPRoute,
  type ITCPRoute,
  type ITLSRoute,
} from './manifest';
import { commonLabels, names, type Gated } from './names';
import { nodeNames, type NamedNodes } from './nodeNames';
import type { RouteType } from './routing';
import type { AccessSpec } from './spec';

/** external-dns serves this name. @see https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations/ */
const EXTERNAL_DNS_HOSTNAME = 'external-dns.alpha.kubernetes.io/hostname';

type Listener = IGateway['spec']['listeners'][number];

/** What is needed to make a database's gateway. */
export type Exposed = Gated &
  NamedNodes & {
    readonly access: Pick<AccessSpec, 'gatewayClass' | 'hostname'>;
  };

/** What may attach to a port of the gateway. */
export type GatewayRouteKind = RouteType['kind'] | 'HTTPRoute';

const PROTOCOLS = { tls: 'TLS', https: 'HTTPS', plaintext: 'TCP' } as const;

/** A port of the gateway. */
export interface GatewayPort {
  /** Name of the listener, such as `cql-tls`. */
  readonly name: string;
  readonly port: number;
  /** `tls` ends TLS at the gateway, and so does `https`, which reads HTTP behind it; `plaintext` takes bytes as they come. */
  readonly mode: 'tls' | 'https' | 'plaintext';
  /** For clients that name this host (SNI) alone. Absent: for all others, also those that name none. */
  readonly hostname?: string;
  /** Kind of the route that may attach, where it is not that of all. */
  readonly routeKind?: GatewayRouteKind;
}

export interface GatewayOptions {
  readonly application: string;
  readonly ports: readonly GatewayPort[];
  /** Kind of the route that may attach. */
  readonly routeKind: GatewayRouteKind;
  /** Of the gateway's own pods. */
  readonly replicas: number;
  /** How clients are asked for certificates; absent: not at all. */
  readonly clientValidation?: ClientValidation;
}

/** The Gateway and the ConfigMap of its parameters. */
export function gatewayManifests(
  spec: Exposed,
  options: GatewayOptions,
): Manifest[] {
  return [
    toManifest(parameters(spec, options)),
    toManifest(gateway(spec, options)),
  ];
}

function gateway(spec: Exposed, options: GatewayOptions): IGateway {
  const labels = gatewayLabels(spec, options.application);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: names.gateway(spec), namespace: spec.namespace, labels },
    spec: {
      gatewayClassName: spec.access.gatewayClass,
      infrastructure: {
        // Without labels here Istio gives its pods those of the Gateway.
        labels,
        annotations: hostnameAnnotations(servedNames(spec)),
        parametersRef: {
          group: '',
          kind: 'ConfigMap',
          name: names.gateway(spec),
        },
      },
      listeners: options.ports.map(port => listener(spec, port, options)),
      tls: options.clientValidation?.tls,
    },
  };
}

function listener(
  spec: Exposed,
  { name, port, mode, hostname, routeKind }: GatewayPort,
  options: GatewayOptions,
): Listener {
  // No `hostname` where no node is meant: Istio matches it against SNI, which
  // some clients (stock cqlsh, the Rust driver) do not send.
  return {
    name,
    ...(hostname && { hostname }),
    port,
    protocol: PROTOCOLS[mode],
    ...(mode !== 'plaintext' && {
      tls: {
        mode: 'Terminate',
        certificateRefs: [
          { group: '', kind: 'Secret', name: names.certificate(spec) },
        ],
        options: options.clientValidation?.options,
      },
    }),
    allowedRoutes: {
      namespaces: { from: 'Same' },
      kinds: [
        {
          group: 'gateway.networking.k8s.io',
          kind: routeKind ?? options.routeKind,
        },
      ],
    },
  };
}

/**
 * Istio merges `deployment` into what it makes for the Gateway. Its own pod
 * has no seccomp profile, without which Pod Security `restricted` refuses it.
 */
function parameters(spec: Exposed, options: GatewayOptions): IConfigMap {
  const deployment = {
    spec: {
      replicas: options.replicas,
      template: {
        spec: {
          securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        },
      },
    },
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: names.gateway(spec),
      namespace: spec.namespace,
      labels: gatewayLabels(spec, options.application),
    },
    // JSON is YAML.
    data: { deployment: JSON.stringify(deployment, undefined, 2) },
  };
}

export interface RouteOptions {
  readonly application: string;
  readonly type: RouteType;
  /** Port of the Service that clients use. */
  readonly backendPort: number;
  /** Names that a TLSRoute matches against SNI. */
  readonly hostnames: readonly string[];
  /** Of the listeners to attach to; absent: to every one. */
  readonly listeners?: readonly string[];
  /** Of the route, and of the Service that it leads to. @defaultValue the Service for all nodes */
  readonly name?: string;
  /** The stable name that leads here. @defaultValue the spec's host name */
  readonly hostname?: string;
}

/** The route from listeners of the gateway to the database. */
export function routeManifest(spec: Exposed, options: RouteOptions): Manifest {
  const { type, backendPort, name = names.cql(spec) } = options;
  const { hostname = spec.access.hostname } = options;
  const common = {
    metadata: {
      name,
      namespace: spec.namespace,
      labels: commonLabels(spec, options.application),
      annotations: hostnameAnnotations(hostname ? [hostname] : []),
    },
  };
  const parentRefs = toParentRefs(spec, options.listeners);
  const backend = {
    group: '',
    kind: 'Service',
    name,
    port: backendPort,
    weight: 1,
  };
  const rules = [{ backendRefs: [backend] }];
  if (type.kind === 'TCPRoute') {
    const route: Omit<ITCPRoute, 'apiVersion'> & { apiVersion: string } = {
      apiVersion: type.apiVersion,
      kind: 'TCPRoute',
      ...common,
      spec: { parentRefs, rules },
    };
    return toManifest(route);
  }
  const route: ITLSRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'TLSRoute',
    ...common,
    spec: { parentRefs, hostnames: [...options.hostnames], rules },
  };
  return toManifest(route);
}

/** Where requests go that a gateway reads as HTTP. */
export interface HttpRouteOptions {
  readonly application: string;
  readonly name: string;
  /** Of the listeners to attach to. */
  readonly listeners: readonly string[];
  /** The Service; one of another namespace needs a ReferenceGrant there. */
  readonly backend: {
    readonly name: string;
    readonly port: number;
    readonly namespace?: string;
  };
  /** Names that requests are for; absent: whichever they are. */
  readonly hostnames?: readonly string[];
  /** Path that they begin with; absent: whichever it is. */
  readonly pathPrefix?: string;
}

/** The route from listeners with HTTPS of the gateway to a Service. */
export function httpRouteManifest(
  spec: Exposed,
  options: HttpRouteOptions,
): Manifest {
  const { name, listeners, backend, hostnames, pathPrefix } = options;
  const value = pathPrefix ?? '/';
  const route: IHTTPRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name,
      namespace: spec.namespace,
      labels: commonLabels(spec, options.application),
    },
    spec: {
      parentRefs: toParentRefs(spec, listeners),
      hostnames: hostnames && [...hostnames],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value } }],
          backendRefs: [{ group: '', kind: 'Service', weight: 1, ...backend }],
        },
      ],
    },
  };
  return toManifest(route);
}

function gatewayLabels(spec: Exposed, application: string) {
  return {
    ...commonLabels(spec, application),
    'app.kubernetes.io/component': 'gateway',
  };
}

function toParentRefs(spec: Exposed, listeners?: readonly string[]) {
  const parent = {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    name: names.gateway(spec),
  };
  return listeners
    ? listeners.map(sectionName => ({ ...parent, sectionName }))
    : [parent];
}

/** Names that lead to the gateway's address. */
function servedNames(spec: Exposed): string[] {
  const { hostname } = spec.access;
  const nodes = nodeNames(spec).map(({ serverName }) => serverName);
  return hostname ? [hostname, ...nodes] : nodes;
}

/** Names that external-dns is to serve. */
function hostnameAnnotations(served: readonly string[]) {
  return served.length > 0
    ? { [EXTERNAL_DNS_HOSTNAME]: served.join(',') }
    : undefined;
}
