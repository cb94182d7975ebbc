import type { AccessRecipe } from '../../blueprint';
import {
  authoritiesOf,
  authorityName,
  gatewayWorkload,
  names,
  serviceHosts,
} from '../names';
import { nodeNames } from '../nodeNames';
import { objectRefs } from './objects';
import { CQL_PORT, GATEWAY_TLS_PORT } from './ports';
import { hasOwnCa, type CqlRingSpec } from './spec';

/** Ports on which the gateway takes TLS, the preferred one first. */
export function tlsPorts({ access }: CqlRingSpec): number[] {
  if (access.exposure === 'none') return [];
  const native = access.exposure === 'tls' && access.nativePort;
  return native ? [GATEWAY_TLS_PORT, CQL_PORT] : [GATEWAY_TLS_PORT];
}

/** Ports on which the gateway takes plaintext. */
export function plaintextPorts({ access }: CqlRingSpec): number[] {
  return access.exposure === 'tcp' ? [CQL_PORT] : [];
}

function namedNodes(spec: CqlRingSpec): Pick<AccessRecipe, 'nodes'> {
  const nodes = nodeNames(spec);
  return nodes.length > 0 ? { nodes } : {};
}

/** The Service that clients inside the Kubernetes cluster dial: the gateway's, or the ring's where there is no gateway. */
function inClusterHost(spec: CqlRingSpec): string {
  const service =
    spec.access.exposure === 'none' ? names.cql(spec) : gatewayWorkload(spec);
  const [, fullName] = serviceHosts(service, spec.namespace);
  return fullName;
}

/**
 * The name that clients verify: the stable host name, else the Service's,
 * else, where the issuer signs no internal names, the first one asked for.
 */
export function serverName(spec: CqlRingSpec): string {
  const { access, certificate } = spec;
  if (access.hostname) return access.hostname;
  const [firstName] = certificate.dnsNames;
  return certificate.internalNames ? inClusterHost(spec) : firstName;
}

/**
 * Where to read how clients of a ring get in. With exposure `none` there are no
 * ports and neither gateway nor certificate exist: clients dial
 * `inClusterHost` inside the mesh, which encrypts for them.
 */
export function cqlRingAccess(spec: CqlRingSpec): AccessRecipe {
  return {
    protocol: 'cql',
    exposure: spec.access.exposure,
    gateway: objectRefs(spec).gateway,
    tlsPorts: tlsPorts(spec),
    plaintextPorts: plaintextPorts(spec),
    serverName: serverName(spec),
    hostname: spec.access.hostname,
    inClusterHost: inClusterHost(spec),
    caSecret: names.certificate(spec),
    ...furtherCas(spec),
    certificate: names.certificate(spec),
    applicationRoleSecret: names.applicationSecret(spec),
    datacenter: spec.datacenter,
    ...namedNodes(spec),
    ...clientCertificates(spec),
    ...(spec.access.keyExchange === 'hybrid-required' && {
      keyExchange: spec.access.keyExchange,
    }),
  };
}

function clientCertificates(
  spec: CqlRingSpec,
): Pick<AccessRecipe, 'clientCertificates'> {
  const { clientCertificates: mode } = spec.access;
  if (mode === 'off') return {};
  return {
    clientCertificates: {
      mode,
      issuer: { kind: 'Issuer', name: names.clientCa(spec) },
      caSecret: names.clientCaSecret(spec),
      portalSecret: names.portalCertificate(spec),
    },
  };
}

/** While one CA takes the other's place, clients trust both. */
function furtherCas(spec: CqlRingSpec): Pick<AccessRecipe, 'furtherCaSecrets'> {
  const { trusted } = authoritiesOf(spec);
  if (trusted.length === 1 || !hasOwnCa(spec)) return {};
  return {
    furtherCaSecrets: trusted.map(number => authorityName(spec, number)),
  };
}
