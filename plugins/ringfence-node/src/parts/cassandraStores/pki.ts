import type { SecretRecipe } from '../../blueprint';
import type { Manifest } from '../../kubernetes';
import { password } from '../credentials';
import { toManifest, type ICertificate, type IIssuer } from '../manifest';
import { commonLabels, names } from '../names';
import { CA_DURATION, CA_RENEW_BEFORE, commonName, KEY_SIZES } from '../pki';
import {
  isOwnAuthority,
  signingIssuer,
  storeNames,
  trustedAuthorities,
  type Stored,
  type StoreSide,
} from './names';
import type { StoreCertificateSpec } from './spec';

/** What is needed to make the stores of a database. */
export type StoredRing = Stored & {
  readonly certificate: StoreCertificateSpec;
};

/** Key of the Secret of a leaf under which its key and chain are in one PEM file, as Cassandra reads them. */
export const COMBINED_PEM = 'tls-combined.pem';

/** Opens JKS and PKCS #12 stores; PEM files need no password. */
export function keystorePasswordSecret(
  spec: Stored,
  application: string,
): SecretRecipe {
  return {
    name: storeNames.password(spec),
    labels: commonLabels(spec, application),
    data: { password },
  };
}

/**
 * What signs for one side: CAs of its own, each in two tiers, one for each
 * number that is trusted; for a CA that is brought its Issuer; nothing where
 * the issuer is there already.
 */
export function authorityManifests(
  spec: StoredRing,
  side: StoreSide,
  application: string,
): Manifest[] {
  const { issuer } = spec.tls[side];
  if (issuer.kind === 'bring-your-own') {
    const name = storeNames.authority(spec, side, 1);
    return [toManifest(caIssuer(spec, application, name, issuer.secret))];
  }
  if (!isOwnAuthority(spec, side)) return [];
  return trustedAuthorities(spec, side).flatMap(authority => {
    const name = storeNames.authority(spec, side, authority);
    return [
      toManifest(caCertificate(spec, side, application, authority)),
      toManifest(caIssuer(spec, application, name, name)),
    ];
  });
}

/** Signs the CAs of both sides. */
export function selfSignedIssuer(
  spec: StoredRing,
  application: string,
): Manifest {
  const issuer: IIssuer = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: meta(spec, application, names.selfSignedIssuer(spec)),
    spec: { selfSigned: {} },
  };
  return toManifest(issuer);
}

function caCertificate(
  spec: StoredRing,
  side: StoreSide,
  application: string,
  authority: number,
): ICertificate {
  const { keyAlgorithm } = spec.certificate;
  const name = storeNames.authority(spec, side, authority);
  // Two roots of one name would be taken for each other.
  const which = authority === 1 ? '' : ` ${authority}`;
  const what = `${side === 'client' ? 'CA' : 'internode CA'}${which}`;
  const metadata = meta(spec, application, name);
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata,
    spec: {
      isCA: true,
      commonName: `${spec.name} ${what}`,
      secretName: name,
      secretTemplate: { labels: metadata.labels },
      duration: CA_DURATION,
      renewBefore: CA_RENEW_BEFORE,
      privateKey: {
        algorithm: keyAlgorithm,
        size: KEY_SIZES[keyAlgorithm],
        // A new key is a rotation, which is an operation with steps of its own.
        rotationPolicy: 'Never',
      },
      usages: ['cert sign', 'crl sign', 'digital signature'],
      issuerRef: issuerRef('Issuer', names.selfSignedIssuer(spec)),
    },
  };
}

function caIssuer(
  spec: StoredRing,
  application: string,
  name: string,
  secretName: string,
): IIssuer {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: meta(spec, application, name),
    spec: { ca: { secretName } },
  };
}

/** A leaf and what it may be used for. */
export interface StoreCertificate {
  /** Of the Certificate and its Secret. */
  readonly name: string;
  /** Whose CA signs it. */
  readonly side: StoreSide;
  readonly usages: ReadonlyArray<'server auth' | 'client auth'>;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
  /** Told where no DNS name is short enough for it. */
  readonly commonName?: string;
  /** On its Secret, besides those that every object has. */
  readonly secretLabels?: Readonly<Record<string, string>>;
}

/**
 * A leaf, with its key and chain in every form: PEM files, both in one PEM file,
 * and as JKS and PKCS #12 stores under the generated password.
 */
export function storeCertificate(
  spec: StoredRing,
  application: string,
  leaf: StoreCertificate,
): Manifest {
  const { duration, renewBefore, keyAlgorithm } = spec.certificate;
  const metadata = meta(spec, application, leaf.name);
  const passwordSecretRef = {
    name: storeNames.password(spec),
    key: 'password',
  };
  const certificate: ICertificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata,
    spec: {
      ...(leaf.commonName
        ? { commonName: leaf.commonName }
        : commonName(spec, leaf.dnsNames)),
      ...listed('dnsNames', leaf.dnsNames),
      ...listed('ipAddresses', leaf.ipAddresses),
      ...listed('uris', leaf.uris),
      secretName: leaf.name,
      secretTemplate: { labels: { ...metadata.labels, ...leaf.secretLabels } },
      duration,
      renewBefore,
      privateKey: {
        algorithm: keyAlgorithm,
        // Cassandra reads PEM keys of no other form.
        encoding: 'PKCS8',
        size: KEY_SIZES[keyAlgorithm],
        rotationPolicy: 'Always',
      },
      usages: [
        ...leaf.usages,
        'digital signature',
        ...(keyAlgorithm === 'RSA' ? (['key encipherment'] as const) : []),
      ],
      issuerRef: issuerRefOf(spec, leaf.side),
      additionalOutputFormats: [{ type: 'CombinedPEM' }],
      keystores: {
        jks: { create: true, alias: 'certificate', passwordSecretRef },
        pkcs12: { create: true, profile: 'Modern2023', passwordSecretRef },
      },
    },
  };
  return toManifest(certificate);
}

function listed<Key extends string>(
  key: Key,
  values: readonly string[] = [],
): Partial<Record<Key, string[]>> {
  const distinct = [...new Set(values)];
  return distinct.length > 0
    ? ({ [key]: distinct } as Record<Key, string[]>)
    : {};
}

function issuerRefOf(spec: StoredRing, side: StoreSide) {
  const { kind, name } = signingIssuer(spec, side);
  return issuerRef(kind, name);
}

function issuerRef(kind: 'Issuer' | 'ClusterIssuer', name: string) {
  return { group: 'cert-manager.io', kind, name };
}

function meta(spec: StoredRing, application: string, name: string) {
  return {
    name,
    namespace: spec.namespace,
    labels: commonLabels(spec, application),
  };
}
