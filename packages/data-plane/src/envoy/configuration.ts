import { join } from 'node:path';
import type { GatewayListener, GatewayUpstream } from '../gateway/types';

const TYPE = 'type.googleapis.com/envoy';
const CLUSTER = 'nodes';
/** A node that is down is noticed within two of these. */
const HEALTH_CHECK_SECONDS = 2;
const CONNECT_TIMEOUT = '2s';

/** Files of one gateway's configuration, all below one folder. */
export interface EnvoyFiles {
  readonly directory: string;
  readonly bootstrap: string;
  readonly listeners: string;
  readonly clusters: string;
  readonly endpoints: string;
  readonly adminSocket: string;
}

export function envoyFiles(directory: string): EnvoyFiles {
  const at = (name: string) => join(directory, name);
  return {
    directory,
    bootstrap: at('bootstrap.json'),
    listeners: at('listeners.json'),
    clusters: at('clusters.json'),
    endpoints: at('endpoints.json'),
    adminSocket: at('admin.sock'),
  };
}

/** Folder of a listener's certificates; `current` in it is a link that is replaced as one. */
export function certificateDir(files: EnvoyFiles, listener: string): string {
  return join(files.directory, 'certificates', listener);
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

/** The SDS file of a listener and what is in it. */
export function secretFile(files: EnvoyFiles, listener: string) {
  return {
    path: join(files.directory, `secret-${listener}.json`),
    content: secret(files, listener),
  };
}

function tlsSocket(files: EnvoyFiles, listener: string) {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TYPE}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        // As istiod configures its gateways.
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [
          {
            name: listener,
            sds_config: {
              path_config_source: { path: secretFile(files, listener).path },
              resource_api_version: 'V3',
            },
          },
        ],
      },
    },
  };
}

export function listenersFile(
  files: EnvoyFiles,
  address: string,
  listeners: readonly GatewayListener[],
) {
  return {
    resources: listeners.map(({ name, port, tls }) => ({
      '@type': `${TYPE}.config.listener.v3.Listener`,
      name,
      address: { socket_address: { address, port_value: port } },
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.tcp_proxy',
              typed_config: {
                '@type': `${TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
                stat_prefix: name,
                cluster: CLUSTER,
                max_connect_attempts: 3,
              },
            },
          ],
          ...(tls ? { transport_socket: tlsSocket(files, name) } : {}),
        },
      ],
    })),
  };
}

export function clustersFile(files: EnvoyFiles) {
  return {
    resources: [
      {
        '@type': `${TYPE}.config.cluster.v3.Cluster`,
        name: CLUSTER,
        type: 'EDS',
        connect_timeout: CONNECT_TIMEOUT,
        // As Istio sets it; Envoy by itself would stop at 1,024.
        circuit_breakers: { thresholds: [{ max_connections: 4_294_967_295 }] },
        close_connections_on_host_health_failure: true,
        // Endpoints that are taken away are gone at once, however well they are.
        ignore_health_on_host_removal: true,
        eds_cluster_config: {
          eds_config: watched(files.endpoints, files.directory),
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
      },
    ],
  };
}

export function endpointsFile(upstreams: readonly GatewayUpstream[]) {
  return {
    resources: [
      {
        '@type': `${TYPE}.config.endpoint.v3.ClusterLoadAssignment`,
        cluster_name: CLUSTER,
        endpoints: [
          {
            lb_endpoints: upstreams.map(({ address, port }) => ({
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
