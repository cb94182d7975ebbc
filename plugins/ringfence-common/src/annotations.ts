/**
 * On a catalog entity: the database it stands for or depends on, as
 * `<kubernetesCluster>/<namespace>`.
 */
export const DATABASE_ANNOTATION = 'ringfence.dev/database';

/** On a catalog entity made by Ringfence: the blueprint of its database. */
export const BLUEPRINT_ANNOTATION = 'ringfence.dev/blueprint';

/** The label that says who manages a Kubernetes object. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';

/** The value of {@link MANAGED_BY_LABEL} and the field manager of every apply. */
export const MANAGER = 'ringfence';

/** The label on every object of a database: the database's name. */
export const DATABASE_LABEL = 'ringfence.dev/database';

/** On the Namespace: entity ref of the owner. */
export const OWNER_ANNOTATION = 'ringfence.dev/owner';

/**
 * On the Namespace: the state of a database that is not simply there, as
 * `provisioning`, `decommissioning` or `retained`.
 */
export const STATE_ANNOTATION = 'ringfence.dev/state';

/**
 * On the Namespace: SHA-256 of the spec that was provisioned, in hex. Who may
 * write the ConfigMap with the spec may not write this.
 */
export const SPEC_SHA256_ANNOTATION = 'ringfence.dev/spec-sha256';

/**
 * On the Namespace, once a rotation of the CA has begun: which CAs there are, as
 * JSON such as `{"signing":1,"trusted":[1,2],"step":"trust"}`; with `step` while
 * that step is under way.
 */
export const AUTHORITIES_ANNOTATION = 'ringfence.dev/authorities';

/** Name of the ConfigMap that holds the spec, and of the Lease, in the database's namespace. */
export const SPEC_CONFIG_MAP = 'ringfence';
