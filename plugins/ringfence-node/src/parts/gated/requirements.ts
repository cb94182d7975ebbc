import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import {
  noteKeyExchange,
  requireCertManager,
  requireClientCertificates,
  requireGatewayApi,
  requireGatewayClass,
  requireHostname,
  requireIssuer,
  requireRoute,
} from '../requirements';
import { isGated, type GatedSpec } from './GatedDatabase';

/** What the way in needs; nothing where there is none. */
export function gatedRequirements(
  spec: GatedSpec,
  platform: Platform,
): Requirement[] {
  if (!isGated(spec)) return [];
  const plaintext = spec.access.exposure === 'tcp';
  return [
    requireGatewayApi(platform),
    ...requireRoute(platform, { plaintext }),
    requireGatewayClass(spec.access.gatewayClass, platform),
    ...requireHostname(
      { name: spec.name, hostname: spec.access.hostname },
      platform,
    ),
    requireCertManager(platform),
    ...requireIssuer(spec.certificate.issuer, spec.namespace, platform),
    ...requireClientCertificates(spec, platform),
    ...noteKeyExchange(spec),
  ];
}
