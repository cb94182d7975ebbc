import type { CertificateDetails } from '@ringfence/backstage-plugin-ringfence-common';

/** A certificate and those that it signed. */
export interface ChainLink {
  readonly certificate: CertificateDetails;
  readonly signed: readonly ChainLink[];
}

/**
 * The certificates as trees: each below the one here that signed it. Each is
 * there exactly once, even where they claim to have signed each other.
 */
export function chainsOf(
  certificates: readonly CertificateDetails[],
): ChainLink[] {
  const byName = new Map(certificates.map(one => [one.name, one]));
  const placed = new Set<string>();
  const link = (certificate: CertificateDetails): ChainLink => {
    placed.add(certificate.name);
    return {
      certificate,
      signed: certificates
        .filter(
          one => one.issuedBy === certificate.name && !placed.has(one.name),
        )
        .map(link),
    };
  };
  const isRoot = ({ name, issuedBy }: CertificateDetails) =>
    issuedBy === undefined || issuedBy === name || !byName.has(issuedBy);
  const chains = certificates.filter(isRoot).map(link);
  // What is left goes in circles.
  for (const one of certificates)
    if (!placed.has(one.name)) chains.push(link(one));
  return chains;
}
