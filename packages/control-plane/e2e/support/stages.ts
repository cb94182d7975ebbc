/** Where the nodes come up. */
export const RING = 'ScyllaDB ring';

/** Each, and the event in it at which a run is interrupted. */
export const UNTIL_RING = [
  ['Namespace in the mesh', 'object'],
  ['Certificate authority', 'object'],
  ['Logins of superuser and application', 'object'],
  ['Gateway and its address', 'object'],
  ['Certificate of the gateway', 'object'],
  ['Policies around the pods', 'object'],
  [RING, 'waiting'],
] as const;

/** Objects that a stage writes, one for each stage before the ring. */
export const WRITTEN_BEFORE_RING = [
  ['Namespace', ''],
  ['Issuer', '-ca'],
  ['Secret', '-app'],
  ['Gateway', '-gateway'],
  ['Certificate', '-tls'],
  ['AuthorizationPolicy', ''],
] as const;

/** As those above, for the stages that need a ring. */
export const AFTER_RING = [
  ['Route through the gateway', 'object'],
  ['Proof that the fence holds', 'stage'],
] as const;
