/** CQL on the nodes, and the port that drivers take for the nodes' own. */
export const CQL_PORT = 9042;
/** Where the gateway takes TLS. */
export const GATEWAY_TLS_PORT = 9041;
/** Storage between the nodes. */
export const STORAGE_PORT = 7000;
/** Storage with TLS of its own, unused inside the mesh. */
export const STORAGE_TLS_PORT = 7001;
/** REST API; it listens on the pod's loopback alone. */
export const API_PORT = 10000;
/** Between the nodes: storage, storage with TLS, JMX (of tools that still ask for it), REST. */
export const RING_PORTS = [
  STORAGE_PORT,
  STORAGE_TLS_PORT,
  7199,
  API_PORT,
] as const;
/** Metrics in Prometheus' format. */
export const METRICS_PORT = 9180;
/** What the kubelet asks. */
export const PROBE_PORTS = [CQL_PORT, STORAGE_PORT] as const;
