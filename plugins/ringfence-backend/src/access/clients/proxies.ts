import { hostPort } from '@ringfence/connection/dial';
import {
  CQL_PORT,
  HYBRID_GROUP,
  type Client,
  type ClientValues,
} from './Client';
import { plainWord } from './quote';

/** Where each of these proxies listens: plaintext, so on loopback alone. */
const LISTEN_HOST = '127.0.0.1';

const NOTE = `Listens in plaintext on ${LISTEN_HOST}:${CQL_PORT}. Drivers must translate the nodes' addresses to it; behind ringfence-connect --rewrite-peers they need not.`;

const names = ({ protocol, host, port, serverName }: ClientValues) => ({
  section: protocol,
  gateway: plainWord(hostPort(host, port)),
  name: plainWord(serverName),
});

const haproxyConfiguration = (values: ClientValues) => {
  const { gateway, name, section } = names(values);
  const { certificate, localPort } = values;
  return `# Start it in the bundle's folder, which ca-file is relative to.
global
  maxconn 5000${
    certificate
      ? `
  # The key is in a file of its own, ${plainWord(certificate.key)}.
  ssl-load-extra-del-ext
  ssl-load-extra-files key`
      : ''
  }

defaults
  mode tcp
  timeout connect 10s
  # Idle connections of drivers are no fault: they ask for a sign of life every 30 s.
  timeout client 1h
  timeout server 1h

frontend ${section}
  # In plaintext: nobody but programs of this machine may come in.
  bind ${LISTEN_HOST}:${localPort}
  default_backend database

backend database
  # verify required, ca-file: this CA alone may have issued the database's certificate.
  # verifyhost: and for this name; else any certificate of that CA would do.
  # sni: HAProxy tells no name by itself, and the other side may choose its certificate by it.
  # HAProxy looks the host up when it starts: reload it when the address changes.
  server database ${gateway} ssl verify required ca-file ca.crt verifyhost ${name} sni str(${name}) ssl-min-ver TLSv1.2${
    certificate ? ` crt ${plainWord(certificate.certificate)}` : ''
  }
`;
};

/** HAProxy as a local proxy. */
export const haproxy: Client = {
  id: 'haproxy',
  title: 'HAProxy',
  language: 'haproxy',
  note: NOTE,
  run: () => ['haproxy -f haproxy/haproxy.cfg'],
  files: values => [
    {
      path: 'haproxy/haproxy.cfg',
      description: 'A local proxy that verifies the database',
      text: haproxyConfiguration(values),
    },
  ],
};

const stunnelConfiguration = (values: ClientValues) => {
  const { gateway, name, section } = names(values);
  const { certificate, localPort } = values;
  return `; Start it in the bundle's folder, which CAfile is relative to.
foreground = yes
pid =
; Small packets are not kept back to be joined with later ones.
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1

[${section}]
client = yes
; In plaintext: nobody but programs of this machine may come in.
accept = ${LISTEN_HOST}:${localPort}
connect = ${gateway}
; By itself stunnel verifies nothing. This CA alone may have issued the certificate.
verifyChain = yes
CAfile = ca.crt
; And for this name; else any certificate of that CA would do.
checkHost = ${name}
; Told to the other side, which may choose its certificate by it.
sni = ${name}
sslVersionMin = TLSv1.2
${
  certificate
    ? `; What it shows of itself, for every program of this machine.
cert = ${plainWord(certificate.certificate)}
key = ${plainWord(certificate.key)}
`
    : ''
}`;
};

/** stunnel as a local proxy. */
export const stunnel: Client = {
  id: 'stunnel',
  title: 'stunnel',
  language: 'ini',
  note: NOTE,
  run: () => ['stunnel stunnel/stunnel.conf'],
  files: values => [
    {
      path: 'stunnel/stunnel.conf',
      description: 'A local proxy that verifies the database',
      text: stunnelConfiguration(values),
    },
  ],
};

/** What Envoy shows of itself, where there is a certificate. */
const envoyIdentity = ({ certificate }: ClientValues) =>
  certificate
    ? `            # What it shows of itself, for every program of this machine.
            tls_certificates:
              - certificate_chain: { filename: ${plainWord(
                certificate.certificate,
              )} }
                private_key: { filename: ${plainWord(certificate.key)} }
`
    : '';

const envoyVersions = ({ needsHybrid }: ClientValues) =>
  needsHybrid
    ? `              # The post-quantum hybrid or nothing, which TLS 1.3 alone has.
              ecdh_curves: [${HYBRID_GROUP}]
              tls_minimum_protocol_version: TLSv1_3`
    : `              tls_minimum_protocol_version: TLSv1_2`;

const envoyConfiguration = (values: ClientValues) => {
  const { name, section } = names(values);
  return `# Start it in the bundle's folder, which trusted_ca is relative to.
static_resources:
  listeners:
    - name: ${section}
      # In plaintext: nobody but programs of this machine may come in.
      address:
        socket_address: { address: ${LISTEN_HOST}, port_value: ${
    values.localPort
  } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config:
                '@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                stat_prefix: ${section}
                cluster: database
  clusters:
    - name: database
      # The host is looked up again and again, so its address may change.
      type: STRICT_DNS
      dns_lookup_family: ALL
      connect_timeout: 10s
      load_assignment:
        cluster_name: database
        endpoints:
          - lb_endpoints:
              - endpoint:
                  address:
                    socket_address:
                      address: '${plainWord(values.host)}'
                      port_value: ${values.port}
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
          # Told to the other side, which may choose its certificate by it; verifies nothing.
          sni: '${name}'
          common_tls_context:
            tls_params:
${envoyVersions(values)}
              # As a client Envoy stops at 1.2 unless told otherwise.
              tls_maximum_protocol_version: TLSv1_3
${envoyIdentity(values)}            # By itself Envoy verifies nothing.
            validation_context:
              # This CA alone may have issued the database's certificate.
              trusted_ca: { filename: ca.crt }
              # And for this name; else any certificate of that CA would do.
              match_typed_subject_alt_names:
                - san_type: DNS
                  matcher: { exact: '${name}' }
`;
};

/** Envoy as a local proxy. */
export const envoy: Client = {
  id: 'envoy',
  title: 'Envoy',
  insistsOnHybrid: true,
  language: 'yaml',
  note: NOTE,
  run: () => ['envoy -c envoy/envoy.yaml'],
  files: values => [
    {
      path: 'envoy/envoy.yaml',
      description: 'A local proxy that verifies the database',
      text: envoyConfiguration(values),
    },
  ],
};
