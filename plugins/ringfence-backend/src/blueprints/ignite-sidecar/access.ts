import {
  authoritiesOf,
  authorityName,
  gatewayWorkload,
  names,
  serviceHosts,
  type AccessRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { clientHost, GATEWAY_REST_PORT, PORTS } from './names';
import { objectRefs } from './objects';
import { hasLogins, type IgniteSidecarSpec } from './spec';

/** Whether the certificates are signed by a CA of the database's own. */
export function hasOwnCa({ access, certificate }: IgniteSidecarSpec): boolean {
  return (
    access.exposure !== 'none' && certificate.issuer.kind === 'self-signed'
  );
}

/** Whether there is a way in from outside of the mesh. */
export function isGated({ access }: IgniteSidecarSpec): boolean {
  return access.exposure !== 'none';
}

function inClusterHost(spec: IgniteSidecarSpec): string {
  if (!isGated(spec)) return clientHost(spec);
  const [, fullName] = serviceHosts(gatewayWorkload(spec), spec.namespace);
  return fullName;
}

/** The name that clients verify. */
export function serverName(spec: IgniteSidecarSpec): string {
  const { access, certificate } = spec;
  if (access.hostname) return access.hostname;
  const [firstName] = certificate.dnsNames;
  return certificate.internalNames ? inClusterHost(spec) : firstName;
}

/** Where to read how clients get in. */
export function igniteSidecarAccess(spec: IgniteSidecarSpec): AccessRecipe {
  const { exposure, hostname, clientCertificates: mode } = spec.access;
  const { trusted } = authoritiesOf(spec);
  return {
    protocol: 'ignite',
    exposure,
    ...(isGated(spec) && { gateway: objectRefs(spec).gateway }),
    tlsPorts: isGated(spec) ? [PORTS.thinClient] : [],
    restPorts: isGated(spec) ? [GATEWAY_REST_PORT] : [],
    plaintextPorts: [],
    serverName: serverName(spec),
    hostname,
    inClusterHost: inClusterHost(spec),
    caSecret: names.certificate(spec),
    ...(trusted.length > 1 &&
      hasOwnCa(spec) && {
        furtherCaSecrets: trusted.map(number => authorityName(spec, number)),
      }),
    certificate: names.certificate(spec),
    ...(hasLogins(spec) && {
      applicationRoleSecret: names.applicationSecret(spec),
    }),
    ...(mode !== 'off' && {
      clientCertificates: {
        mode,
        issuer: { kind: 'Issuer' as const, name: names.clientCa(spec) },
        caSecret: names.clientCaSecret(spec),
        portalSecret: names.portalCertificate(spec),
      },
    }),
    ...(spec.access.keyExchange === 'hybrid-required' && {
      keyExchange: spec.access.keyExchange,
    }),
  };
}
