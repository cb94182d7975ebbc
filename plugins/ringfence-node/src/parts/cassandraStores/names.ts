import { authoritiesOf, authorityName, names, type Named } from '../names';
import type { StoresSpec } from './spec';

/** The two kinds of connections that Cassandra encrypts, each with stores of its own. */
export type StoreSide = 'client' | 'internode';

/** Both, in the order in which they are made. */
export const STORE_SIDES: readonly StoreSide[] = ['client', 'internode'];

/** A database whose nodes have stores. */
export type Stored = Named & { readonly tls: StoresSpec };

/** Names of what Cassandra's own TLS is made from. */
export const storeNames = {
  /** Of the leaf Certificate of all nodes and its Secret, which holds the stores. */
  certificate: (spec: Named, side: StoreSide) =>
    side === 'client' ? names.certificate(spec) : `${spec.name}-internode-tls`,
  /** Of a CA of that number: of its Certificate, Secret and Issuer. */
  authority: (spec: Named, side: StoreSide, authority: number) =>
    side === 'client'
      ? authorityName(spec, authority)
      : authorityName({ ...spec, name: `${spec.name}-internode` }, authority),
  /** Of the ConfigMap with the CAs that nodes trust. */
  trust: (spec: Named, side: StoreSide) =>
    side === 'client' ? `${spec.name}-trust` : `${spec.name}-internode-trust`,
  /** Of the Secret with the password that opens JKS and PKCS #12 stores. */
  password: ({ name }: Named) => `${name}-keystore-password`,
} as const;

/** The numbers of the CAs to make and trust; those that are not Ringfence's own are one, and stay it. */
export function trustedAuthorities(spec: Stored, side: StoreSide) {
  return isOwnAuthority(spec, side) ? authoritiesOf(spec).trusted : [1];
}

/** Whether Ringfence makes the CA itself, and can rotate it. */
export function isOwnAuthority({ tls }: Stored, side: StoreSide): boolean {
  return tls[side].issuer.kind === 'self-signed';
}

/** The Issuer that signs now. */
export function signingIssuer(
  spec: Stored,
  side: StoreSide,
): { readonly kind: 'Issuer' | 'ClusterIssuer'; readonly name: string } {
  const { issuer } = spec.tls[side];
  switch (issuer.kind) {
    case 'Issuer':
    case 'ClusterIssuer':
      return { kind: issuer.kind, name: issuer.name };
    case 'bring-your-own':
      return { kind: 'Issuer', name: storeNames.authority(spec, side, 1) };
    default:
      return {
        kind: 'Issuer',
        name: storeNames.authority(spec, side, authoritiesOf(spec).signing),
      };
  }
}

/**
 * Secrets whose `tls.crt` are the CAs to trust. None where the issuer is
 * somebody else's: its CA is known from what it signed, `ca.crt` of the leaf.
 */
export function authoritySecrets(
  spec: Stored,
  side: StoreSide,
): readonly string[] {
  const { issuer } = spec.tls[side];
  switch (issuer.kind) {
    case 'bring-your-own':
      return [issuer.secret];
    case 'self-signed':
      return trustedAuthorities(spec, side).map(authority =>
        storeNames.authority(spec, side, authority),
      );
    default:
      return [];
  }
}

/** The sides that are encrypted. */
export function encryptedSides({ tls }: Stored): readonly StoreSide[] {
  return STORE_SIDES.filter(side => tls[side].enabled);
}
