import type { z } from 'zod/v3';
import type { GatedSpec } from './GatedDatabase';

/** Refuses, in a schema's `superRefine`, a certificate that would have no name. */
export function refuseNamelessCertificate(
  {
    certificate,
    access,
  }: {
    readonly certificate: Pick<
      GatedSpec['certificate'],
      'internalNames' | 'dnsNames'
    >;
    readonly access: Pick<GatedSpec['access'], 'exposure' | 'hostname'>;
  },
  context: z.RefinementCtx,
): void {
  if (access.exposure === 'none' || certificate.internalNames) return;
  if (access.hostname || certificate.dnsNames.length > 0) return;
  context.addIssue({
    code: 'custom',
    path: ['certificate', 'dnsNames'],
    message:
      'must hold a name where internalNames is off and access.hostname is not set: the certificate would have none',
  });
}

/** Refuses, in a schema's `superRefine`, a scraper outside of the mesh that nobody names. */
export function refuseNamelessScraper(
  { monitoring }: Pick<GatedSpec, 'monitoring'>,
  context: z.RefinementCtx,
): void {
  if (!monitoring.outsideMesh || monitoring.namespace) return;
  context.addIssue({
    code: 'custom',
    path: ['monitoring', 'namespace'],
    message: 'must say who may scrape where monitoring.outsideMesh is true',
  });
}
