import {
  names,
  signingIssuer,
  storeNames,
  type AccessRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { furtherCaSecrets, serverName } from './certificates';
import { clientHost, firstDatacenter, PORTS } from './names';
import type { K8ssandraSpec } from './spec';

/**
 * Where to read how clients get in: they dial the nodes of the first datacenter
 * themselves, by the Service that the operators make, and show a certificate.
 * Without TLS for clients nobody is told a way in.
 */
export function k8ssandraAccess(spec: K8ssandraSpec): AccessRecipe {
  const { enabled } = spec.tls.client;
  return {
    protocol: 'cql',
    exposure: enabled ? 'direct' : 'none',
    tlsPorts: enabled ? [PORTS.cql] : [],
    plaintextPorts: [],
    serverName: serverName(spec),
    hostname: spec.access.hostname,
    inClusterHost: clientHost(spec),
    caSecret: storeNames.certificate(spec, 'client'),
    ...(enabled && {
      furtherCaSecrets: furtherCaSecrets(spec),
      clientCertificates: {
        mode: 'required' as const,
        issuer: signingIssuer(spec, 'client'),
        caSecret: storeNames.certificate(spec, 'client'),
        portalSecret: names.portalCertificate(spec),
      },
    }),
    certificate: storeNames.certificate(spec, 'client'),
    applicationRoleSecret: names.applicationSecret(spec),
    datacenter: firstDatacenter(spec).name,
  };
}
