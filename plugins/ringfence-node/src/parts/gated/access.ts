import type { AccessRecipe, ObservationRecipe } from '../../blueprint';
import {
  authoritiesOf,
  authorityName,
  gatewayWorkload,
  names,
  serviceHosts,
} from '../names';
import { hasOwnCa, isGated, type GatedSpec } from './GatedDatabase';
import { objectRefs } from './objects';

/** How clients get in, as far as it does not depend on what they speak. */
export type GatedAccessRecipe = Omit<
  AccessRecipe,
  'protocol' | 'tlsPorts' | 'plaintextPorts'
> & {
  readonly exposure: GatedSpec['access']['exposure'];
};

/**
 * The name that clients inside the Kubernetes cluster dial: the gateway's.
 *
 * @param service - that they dial where there is no gateway
 */
function inClusterHost(spec: GatedSpec, service: string): string {
  const [, fullName] = serviceHosts(
    isGated(spec) ? gatewayWorkload(spec) : service,
    spec.namespace,
  );
  return fullName;
}

/**
 * The name that clients verify: the stable host name, else the Service's,
 * else, where the issuer signs no internal names, the first one asked for.
 *
 * @param service - that clients dial where there is no gateway
 */
export function serverName(spec: GatedSpec, service: string): string {
  const { access, certificate } = spec;
  if (access.hostname) return access.hostname;
  const [firstName] = certificate.dnsNames;
  return certificate.internalNames ? inClusterHost(spec, service) : firstName;
}

/**
 * Where to read how clients get in. With exposure `none` neither gateway nor
 * certificate exist: clients dial `inClusterHost` inside the mesh, which
 * encrypts for them.
 *
 * @param service - that clients dial where there is no gateway
 */
export function gatedAccess(
  spec: GatedSpec,
  service: string,
): GatedAccessRecipe {
  return {
    exposure: spec.access.exposure,
    gateway: objectRefs(spec).gateway,
    serverName: serverName(spec, service),
    hostname: spec.access.hostname,
    inClusterHost: inClusterHost(spec, service),
    caSecret: names.certificate(spec),
    ...furtherCas(spec),
    certificate: names.certificate(spec),
    ...clientCertificates(spec),
    ...(spec.access.keyExchange === 'hybrid-required' && {
      keyExchange: spec.access.keyExchange,
    }),
  };
}

function clientCertificates(
  spec: GatedSpec,
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
function furtherCas(spec: GatedSpec): Pick<AccessRecipe, 'furtherCaSecrets'> {
  const { trusted } = authoritiesOf(spec);
  if (trusted.length === 1 || !hasOwnCa(spec)) return {};
  return {
    furtherCaSecrets: trusted.map(number => authorityName(spec, number)),
  };
}

/** The certificates of the gateway and of the CAs behind it. */
export function gatedCertificates(
  spec: GatedSpec,
): ObservationRecipe['certificates'] {
  if (!isGated(spec)) return [];
  const service = {
    name: names.certificate(spec),
    secret: names.certificate(spec),
    purpose: 'service' as const,
  };
  if (!hasOwnCa(spec)) return [service];
  const authorities = authoritiesOf(spec).trusted.map(authority => ({
    name: authorityName(spec, authority),
    secret: authorityName(spec, authority),
    purpose: 'ca' as const,
  }));
  return [...authorities, service];
}
