import type { Named } from '@ringfence/backstage-plugin-ringfence-node';

/** What runs, as in the label `app.kubernetes.io/name`. */
export const APPLICATION = 'ignite';
/** Name of the node's container. */
export const CONTAINER = 'ignite';

/** Where nodes listen. */
export const PORTS = {
  thinClient: 10800,
  communication: 47100,
  discovery: 47500,
  rest: 8080,
} as const;

/** Where the gateway takes REST over HTTPS; thin clients find it on the nodes' own port. */
export const GATEWAY_REST_PORT = 8443;

/** Key of the Secret with GridGain's licence. */
export const LICENCE_KEY = 'license.xml';

/** Names that this blueprint has besides those that all have. */
export const igniteNames = {
  /** Of the Service that clients use, and of the route to its thin-client port. */
  clients: ({ name }: Named) => `${name}-thin`,
  /** Of the route to REST. */
  rest: ({ name }: Named) => `${name}-rest`,
  /** Of the route to the client application. */
  application: ({ name }: Named) => `${name}-application`,
  /** Of the ConfigMap with the nodes' configuration. */
  settings: ({ name }: Named) => name,
  /** Of the Secret with the licence, unless the spec names another. */
  licence: ({ name }: Named) => `${name}-licence`,
} as const;
