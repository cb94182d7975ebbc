/**
 * What is looked at on the way of a client, in this order; the first that
 * fails ends it. `ca`: what there is to trust; `ring`: the nodes, of a ring or
 * of any other cluster. The portal's test and `ringfence-connect check` both
 * go this way.
 */
export const CONNECTION_STEPS = [
  'ca',
  'dns',
  'tcp',
  'tls',
  'chain',
  'expiry',
  'name',
  'login',
  'ring',
] as const;

/** One of {@link CONNECTION_STEPS}. */
export type ConnectionStep = (typeof CONNECTION_STEPS)[number];
