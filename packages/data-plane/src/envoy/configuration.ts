import { join } from 'node:path';
import type { GatewayListener, GatewayUpstream } from '../gateway/types';

const TYPE = 'type.googleapis.com/envoy';
/** Which upstreams belong together. */
export interface UpstreamGroup {
  readonly serverName?: string;
  readonly listener?: string;
}

/** The name of a group's cluster: a listener's has a character that no server name has. */
function clusterOf({ serverName = 'nodes', listener }: UpstreamGroup): string {
  return listener ? `${listener}~${serverName}` : serverName;
}
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
export function endpointsPath(files: EnvoyFiles, group: UpstreamGroup): string {
  return join(files.directory, `endpoints-${clusterOf(group)}.json`);
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
  const name = clusterOf(groupOf(listener, serverName));
  const filter = listener.speaks === 'http' ? httpFilter : tcpFilter;
  return {
    name,
    filters: [filter(listener.name, name)],
    ...(listener.tls && { transport_socket: tlsSocket(files, listener) }),
  };
}

function tcpFilter(listener: string, clusterName: string) {
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: {
      '@type': `${TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
      stat_prefix: listener,
      cluster: clusterName,
      max_connect_attempts: 3,
    },
  };
}

/** All requests go one way; what was not sent yet is tried again, as Istio has it. */
function httpFilter(listener: string, clusterName: string) {
  const route = {
    cluster: clusterName,
    retry_policy: {
      retry_on: 'connect-failure,refused-stream',
      num_retries: 2,
    },
  };
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: listener,
      route_config: {
        name: clusterName,
        virtual_hosts: [
          {
            name: 'all',
            domains: ['*'],
            routes: [{ match: { prefix: '/' }, route }],
          },
        ],
      },
      http_filters: [
        {
          name: 'envoy.filters.http.router',
          typed_config: {
            '@type': `${TYPE}.extensions.filters.http.router.v3.Router`,
          },
        },
      ],
    },
  };
}

function groupOf(
  { name, ownUpstreams }: GatewayListener,
  serverName?: string,
): UpstreamGroup {
  return { serverName, ...(ownUpstreams && { listener: name }) };
}

/** What the listeners lead to, each once; there is always one for all others. */
export function groupsOf(
  listeners: readonly GatewayListener[],
): UpstreamGroup[] {
  const all = listeners.flatMap(listener =>
    [undefined, ...(listener.serverNames ?? [])].map(serverName =>
      groupOf(listener, serverName),
    ),
  );
  const byName = new Map(
    [{}, ...all].map(group => [clusterOf(group), group] as const),
  );
  return [...byName.values()];
}

export function clustersFile(
  files: EnvoyFiles,
  listeners: readonly GatewayListener[],
) {
  return {
    resources: groupsOf(listeners).map(group => cluster(files, group)),
  };
}

function cluster(files: EnvoyFiles, group: UpstreamGroup) {
  return {
    '@type': `${TYPE}.config.cluster.v3.Cluster`,
    name: clusterOf(group),
    type: 'EDS',
    connect_timeout: CONNECT_TIMEOUT,
    // As Istio sets it; Envoy by itself would stop at 1,024.
    circuit_breakers: { thresholds: [{ max_connections: 4_294_967_295 }] },
    close_connections_on_host_health_failure: true,
    // Endpoints that are taken away are gone at once, however well they are.
    ignore_health_on_host_removal: true,
    eds_cluster_config: {
      eds_config: watched(endpointsPath(files, group), files.directory),
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

/** The upstreams of one group. */
export function endpointsFile(
  upstreams: readonly GatewayUpstream[],
  group: UpstreamGroup,
) {
  return {
    resources: [
      {
        '@type': `${TYPE}.config.endpoint.v3.ClusterLoadAssignment`,
        cluster_name: clusterOf(group),
        endpoints: [
          {
            lb_endpoints: upstreams
              .filter(
                ({ serverName, listener }) =>
                  serverName === group.serverName &&
                  listener === group.listener,
              )
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
