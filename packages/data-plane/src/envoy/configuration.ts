import { join } from 'node:path';
import type { GatewayListener, GatewayUpstream } from '../gateway/types';

const TYPE = 'type.googleapis.com/envoy';
/** The cluster of the upstreams of one server name, or of those without. */
const clusterOf = (serverName: string = 'nodes') => serverName;
/** A node that is down is noticed within two of these. */
const HEALTH_CHECK_SECONDS = 2;
const CONNECT_TIMEOUT = '2s';

/** Files of one gateway's configuration, all below one folder. */
export interface EnvoyFiles {
  readonly directory: string;
  readonly bootstrap: string;
  readonly listeners: string;
  readonly clusters: string;
  readonly adminSocket: string;
}

export function envoyFiles(directory: string): EnvoyFiles {
  const at = (name: string) => join(directory, name);
  return {
    directory,
    bootstrap: at('bootstrap.json'),
    listeners: at('listeners.json'),
    clusters: at('clusters.json'),
    adminSocket: at('admin.sock'),
  };
}

/** Folder of a listener's certificates; `current` in it is a link that is replaced as one. */
export function certificateDir(files: EnvoyFiles, listener: string): string {
  return join(files.directory, 'certificates', listener);
}

/** File of one cluster's upstreams: Envoy takes no others' from it. */
export function endpointsPath(files: EnvoyFiles, serverName?: string): string {
  return join(files.directory, `endpoints-${clusterOf(serverName)}.json`);
}

function watched(path: string, directory: string) {
  return {
    path_config_source: { path, watched_directory: { path: directory } },
    resource_api_version: 'V3',
  };
}

export function bootstrap(files: EnvoyFiles) {
  return {
    node: { id: 'gateway', cluster: 'gateway' },
    admin: { address: { pipe: { path: files.adminSocket } } },
    dynamic_resources: {
      lds_config: watched(files.listeners, files.directory),
      cds_config: watched(files.clusters, files.directory),
    },
  };
}

function secret(files: EnvoyFiles, listener: string) {
  const dir = certificateDir(files, listener);
  return {
    resources: [
      {
        '@type': `${TYPE}.extensions.transport_sockets.tls.v3.Secret`,
        name: listener,
        tls_certificate: {
          certificate_chain: { filename: join(dir, 'current', 'tls.crt') },
          private_key: { filename: join(dir, 'current', 'tls.key') },
          watched_directory: { path: dir },
        },
      },
    ],
  };
}

/** As Istio names the CA of clients beside a listener's own certificate. */
export const clientCaName = (listener: string) => `${listener}-cacert`;

/** The SDS file of the CA of a listener's clients and what is in it. */
export function clientCaFile(files: EnvoyFiles, listener: string) {
  const name = clientCaName(listener);
  const dir = certificateDir(files, name);
  const ca = {
    '@type': `${TYPE}.extensions.transport_sockets.tls.v3.Secret`,
    name,
    validation_context: {
      trusted_ca: { filename: join(dir, 'current', 'ca.crt') },
      watched_directory: { path: dir },
    },
  };
  return {
    path: join(files.directory, `secret-${name}.json`),
    content: { resources: [ca] },
  };
}

/** The SDS file of a listener and what is in it. */
export function secretFile(files: EnvoyFiles, listener: string) {
  return {
    path: join(files.directory, `secret-${listener}.json`),
    content: secret(files, listener),
  };
}

function fromFile(name: string, path: string) {
  return {
    name,
    sds_config: { path_config_source: { path }, resource_api_version: 'V3' },
  };
}

/** Without a certificate of the client it ends the handshake where one is required; one that is shown must verify. */
function tlsSocket(
  files: EnvoyFiles,
  { name: listener, clients }: GatewayListener,
) {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TYPE}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
      ...(clients && { require_client_certificate: clients.required }),
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        // As istiod configures its gateways.
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [
          fromFile(listener, secretFile(files, listener).path),
        ],
        ...(clients && {
          validation_context_sds_secret_config: fromFile(
            clientCaName(listener),
            clientCaFile(files, listener).path,
          ),
        }),
      },
    },
  };
}

/** Reads the server name before a chain is chosen by it. */
const SNI_READER = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: {
    '@type': `${TYPE}.extensions.filters.listener.tls_inspector.v3.TlsInspector`,
  },
};

export function listenersFile(
  files: EnvoyFiles,
  address: string,
  listeners: readonly GatewayListener[],
) {
  return {
    resources: listeners.map(listener => ({
      '@type': `${TYPE}.config.listener.v3.Listener`,
      name: listener.name,
      address: { socket_address: { address, port_value: listener.port } },
      ...(listener.serverNames?.length && { listener_filters: [SNI_READER] }),
      filter_chains: [
        ...(listener.serverNames ?? []).map(serverName => ({
          filter_chain_match: { server_names: [serverName] },
          ...filterChain(files, listener, serverName),
        })),
        filterChain(files, listener),
      ],
    })),
  };
}

function filterChain(
  files: EnvoyFiles,
  listener: GatewayListener,
  serverName?: string,
) {
  return {
    name: clusterOf(serverName),
    filters: [
      {
        name: 'envoy.filters.network.tcp_proxy',
        typed_config: {
          '@type': `${TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
          stat_prefix: listener.name,
          cluster: clusterOf(serverName),
          max_connect_attempts: 3,
        },
      },
    ],
    ...(listener.tls && { transport_socket: tlsSocket(files, listener) }),
  };
}

/** Server names with upstreams of their own, each once. */
export function serverNamesOf(listeners: readonly GatewayListener[]): string[] {
  return [
    ...new Set(listeners.flatMap(({ serverNames }) => serverNames ?? [])),
  ];
}

export function clustersFile(
  files: EnvoyFiles,
  listeners: readonly GatewayListener[],
) {
  return {
    resources: [undefined, ...serverNamesOf(listeners)].map(serverName =>
      cluster(files, serverName),
    ),
  };
}

function cluster(files: EnvoyFiles, serverName?: string) {
  return {
    '@type': `${TYPE}.config.cluster.v3.Cluster`,
    name: clusterOf(serverName),
    type: 'EDS',
    connect_timeout: CONNECT_TIMEOUT,
    // As Istio sets it; Envoy by itself would stop at 1,024.
    circuit_breakers: { thresholds: [{ max_connections: 4_294_967_295 }] },
    close_connections_on_host_health_failure: true,
    // Endpoints that are taken away are gone at once, however well they are.
    ignore_health_on_host_removal: true,
    eds_cluster_config: {
      eds_config: watched(endpointsPath(files, serverName), files.directory),
    },
    health_checks: [
      {
        timeout: '1s',
        interval: `${HEALTH_CHECK_SECONDS}s`,
        no_traffic_interval: `${HEALTH_CHECK_SECONDS}s`,
        unhealthy_threshold: 1,
        healthy_threshold: 1,
        tcp_health_check: {},
      },
    ],
  };
}

/** The upstreams of one server name, or those without. */
export function endpointsFile(
  upstreams: readonly GatewayUpstream[],
  serverName?: string,
) {
  return {
    resources: [
      {
        '@type': `${TYPE}.config.endpoint.v3.ClusterLoadAssignment`,
        cluster_name: clusterOf(serverName),
        endpoints: [
          {
            lb_endpoints: upstreams
              .filter(upstream => upstream.serverName === serverName)
              .map(({ address, port }) => ({
                endpoint: {
                  address: { socket_address: { address, port_value: port } },
                },
              })),
          },
        ],
      },
    ],
  };
}
