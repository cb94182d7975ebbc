/** CQL on the nodes, and the port that drivers take for the nodes' own. */
export const CQL_PORT = 9042;
/** Where the gateway takes TLS. */
export const GATEWAY_TLS_PORT = 9041;
/** Between the nodes: storage, storage with TLS, REST, and JMX for tools that still ask for it. */
export const RING_PORTS = [7000, 7001, 7199, 10000] as const;
/** Metrics in Prometheus' format. */
export const METRICS_PORT = 9180;
