/** CQL on the nodes, and the port that drivers take for the nodes' own. */
export const CQL_PORT = 9042;
/** Where the gateway takes TLS. */
export const GATEWAY_TLS_PORT = 9041;
/** Storage between the nodes. */
export const STORAGE_PORT = 7000;
/** Storage with TLS of its own, unused inside the mesh. */
export const STORAGE_TLS_PORT = 7001;
