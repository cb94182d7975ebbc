/** What runs, as in the label `app.kubernetes.io/name`. */
export const APPLICATION = 'scylladb';
/** Name of ScyllaDB's container. */
export const CONTAINER = 'scylla';
/** Image of ScyllaDB without its tag. */
export const IMAGE = 'scylladb/scylla';
