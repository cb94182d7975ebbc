import {
  DATABASE_LABEL,
  FIRST_AUTHORITIES,
  MANAGED_BY_LABEL,
  MANAGER,
  type Authorities,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { z } from 'zod/v3';

/**
 * Longest value of a label, and longest name of a Service.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
const MAX_LABEL_LENGTH = 63;

/** What is needed to name the objects of a database. */
export type Named = Pick<DatabaseSpec, 'name' | 'namespace' | 'authorities'>;

/** A database with a gateway of some class. */
export type Gated = Named & {
  readonly access: { readonly gatewayClass: string };
};

/**
 * Names of a database's objects. A database's name has at most 40 characters
 * (see `databaseSpecShape`), so that every name here, with the suffixes of
 * controllers, stays a DNS label.
 */
export const names = {
  superuserSecret: ({ name }: Named) => `${name}-superuser`,
  applicationSecret: ({ name }: Named) => `${name}-app`,
  selfSignedIssuer: ({ name }: Named) => `${name}-selfsigned`,
  /** Of the CA Certificate that signs, its Secret and the Issuer that signs with it. */
  ca: (spec: Named) => authorityName(spec, authoritiesOf(spec).signing),
  /** Of the service Certificate and its Secret. */
  certificate: ({ name }: Named) => `${name}-tls`,
  /** Of the CA Certificate of clients and the Issuer that signs with it. */
  clientCa: ({ name }: Named) => `${name}-clients-ca`,
  clientSelfSignedIssuer: ({ name }: Named) => `${name}-clients-selfsigned`,
  /**
   * Of the Secret of the CA of clients: where Istio's older way looks for it,
   * beside the Secret of the service certificate.
   */
  clientCaSecret: ({ name }: Named) => `${name}-tls-cacert`,
  /** Of the certificate that the portal shows when it probes, and of its Secret. */
  portalCertificate: ({ name }: Named) => `${name}-portal-tls`,
  /** Of a team's client certificate and its Secret. */
  clientCertificate: ({ name }: Named, team: string) =>
    `${name}-client-${team}`,
  /** Of the Gateway and the ConfigMap of its parameters. */
  gateway: ({ name }: Named) => `${name}-gateway`,
  /** Of the StatefulSet, ServiceAccount and headless Service. */
  ring: ({ name }: Named) => name,
  /** Of the Service that clients use, and of the route to it. */
  cql: ({ name }: Named) => `${name}-cql`,
  /** Of the Service for one node, and of the route to it. */
  nodeCql: ({ name }: Named, ordinal: number) => `${name}-cql-${ordinal}`,
  /** Of the ConfigMap with the database's settings. */
  settings: ({ name }: Named) => `${name}-config`,
  /** Of a pod of the ring. */
  pod: ({ name }: Named, ordinal: number) => `${name}-${ordinal}`,
} as const;

/** Which CAs a database has; of those that have none of their own it means nothing. */
export function authoritiesOf({
  authorities,
}: Pick<Named, 'authorities'>): Authorities {
  return authorities ?? FIRST_AUTHORITIES;
}

/** Name of the CA of that number: of its Certificate, Secret and Issuer. */
export function authorityName({ name }: Named, authority: number): string {
  return authority === 1 ? `${name}-ca` : `${name}-ca-${authority}`;
}

/**
 * Name of the Deployment, Service and ServiceAccount that Istio makes for the
 * Gateway: `<gateway>-<class>`.
 *
 * @see {@link refuseLongGatewayName} for its limit
 */
export function gatewayWorkload(spec: Gated): string {
  return `${names.gateway(spec)}-${spec.access.gatewayClass}`;
}

/** Refuses, in a schema's `superRefine`, a spec whose gateway's Service would have too long a name. */
export function refuseLongGatewayName(
  spec: Gated,
  context: z.RefinementCtx,
): void {
  const service = gatewayWorkload(spec);
  if (service.length <= MAX_LABEL_LENGTH) return;
  context.addIssue({
    code: 'custom',
    path: ['name'],
    message: `must be shorter: the gateway's Service would be called "${service}", longer than ${MAX_LABEL_LENGTH} characters`,
  });
}

/** The names by which pods reach a Service: with and without the cluster's domain. */
export function serviceHosts(service: string, namespace: string): string[] {
  return [
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.cluster.local`,
  ];
}

/** Labels of every object of a database. */
export function commonLabels(
  { name }: Named,
  application: string,
): Record<string, string> {
  return {
    [MANAGED_BY_LABEL]: MANAGER,
    [DATABASE_LABEL]: name,
    'app.kubernetes.io/name': application,
    'app.kubernetes.io/instance': name,
  };
}

/** On pods of the ring: tells them from pods of the gateway, which Istio may give the Gateway's own labels. */
const COMPONENT_LABEL = 'app.kubernetes.io/component';

/** Labels that select the database's pods, and none of the gateway's. */
export function podSelector(
  { name }: Named,
  application: string,
): Record<string, string> {
  return {
    'app.kubernetes.io/name': application,
    'app.kubernetes.io/instance': name,
    [COMPONENT_LABEL]: 'database',
  };
}
