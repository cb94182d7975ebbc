import type { GatewayAddress } from '../blueprint';
import type { Manifest } from '../kubernetes';
import { toManifest, type ICertificate, type IIssuer } from './manifest';
import {
  authoritiesOf,
  authorityName,
  commonLabels,
  gatewayWorkload,
  names,
  serviceHosts,
  type Gated,
  type Named,
} from './names';
import { nodeNames, type NamedNodes } from './nodeNames';
import type { AccessSpec, CertificateSpec } from './spec';

/** Ten years: clients hold this certificate in files, and its rotation is an operation of its own. */
export const CA_DURATION = '87600h';
/** One year: time enough to rotate with an overlap. */
export const CA_RENEW_BEFORE = '8760h';

/** Longest common name that X.509 allows. @see RFC 5280, upper bound `ub-common-name` */
const MAX_COMMON_NAME_LENGTH = 64;

/** Of keys, in bits. */
export const KEY_SIZES = { ECDSA: 256, RSA: 3072 } as const;

/** What is needed to make a database's certificates. */
export type Certified = Named &
  Gated &
  NamedNodes & {
    readonly certificate: CertificateSpec;
    readonly access: Pick<AccessSpec, 'hostname' | 'gatewayClass'>;
  };

/**
 * A CA of its own, in two tiers: a self-signed Issuer signs the CA
 * certificate, and an Issuer signs with that.
 */
export function caManifests(spec: Certified, application: string): Manifest[] {
  const labels = commonLabels(spec, application);
  const meta = (name: string) => ({ name, namespace: spec.namespace, labels });
  const selfSigned: IIssuer = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: meta(names.selfSignedIssuer(spec)),
    spec: { selfSigned: {} },
  };
  return [
    toManifest(selfSigned),
    ...authoritiesOf(spec).trusted.flatMap(authority =>
      authorityManifests(spec, labels, authority),
    ),
  ];
}

/** The CA of one number: its certificate, and the Issuer that signs with it. */
function authorityManifests(
  spec: Certified,
  labels: Record<string, string>,
  authority: number,
): Manifest[] {
  const name = authorityName(spec, authority);
  const metadata = { name, namespace: spec.namespace, labels };
  const certificate: ICertificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata,
    spec: {
      isCA: true,
      // Two roots of one name would be taken for each other.
      commonName:
        authority === 1 ? `${spec.name} CA` : `${spec.name} CA ${authority}`,
      secretName: name,
      secretTemplate: { labels },
      duration: CA_DURATION,
      renewBefore: CA_RENEW_BEFORE,
      privateKey: {
        algorithm: spec.certificate.keyAlgorithm,
        size: KEY_SIZES[spec.certificate.keyAlgorithm],
        // With a new key at each renewal, every client would lose its trust
        // at once: cert-manager's own default is Always.
        rotationPolicy: 'Never',
      },
      usages: ['cert sign', 'crl sign', 'digital signature'],
      issuerRef: issuerRef('Issuer', names.selfSignedIssuer(spec)),
    },
  };
  const signing: IIssuer = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata,
    spec: { ca: { secretName: name } },
  };
  return [toManifest(certificate), toManifest(signing)];
}

/** The certificate that the gateway shows, in a Secret of its own. */
export function serviceCertificate(
  spec: Certified,
  application: string,
  gatewayAddresses: readonly GatewayAddress[],
): Manifest {
  const { certificate } = spec;
  const labels = commonLabels(spec, application);
  const subject = subjectAlternativeNames(spec, gatewayAddresses);
  const manifest: ICertificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: {
      name: names.certificate(spec),
      namespace: spec.namespace,
      labels,
    },
    spec: {
      ...commonName(spec, subject.dnsNames),
      ...subject,
      secretName: names.certificate(spec),
      secretTemplate: { labels },
      duration: certificate.duration,
      renewBefore: certificate.renewBefore,
      privateKey: {
        algorithm: certificate.keyAlgorithm,
        size: KEY_SIZES[certificate.keyAlgorithm],
        rotationPolicy: 'Always',
      },
      usages: usages(certificate.keyAlgorithm),
      issuerRef: serviceIssuer(spec),
    },
  };
  return toManifest(manifest);
}

/**
 * All names and addresses that clients may use: the stable host name, the
 * nodes' names below it, what the spec adds, the Service's names and the
 * Gateway's own address.
 */
export function subjectAlternativeNames(
  spec: Certified,
  gatewayAddresses: readonly GatewayAddress[],
): { dnsNames?: string[]; ipAddresses?: string[] } {
  const { certificate, access } = spec;
  const internal = certificate.internalNames;
  const addressed = (type: GatewayAddress['type']) =>
    gatewayAddresses
      .filter(address => internal && address.type === type)
      .map(({ value }) => value)
      // The order of a status says nothing, and must change no bytes.
      .sort();
  const dnsNames = [
    ...(access.hostname ? [access.hostname] : []),
    ...nodeNames(spec).map(({ serverName }) => serverName),
    ...certificate.dnsNames,
    ...(internal ? serviceHosts(gatewayWorkload(spec), spec.namespace) : []),
    ...addressed('Hostname'),
  ];
  const ipAddresses = [...certificate.ipAddresses, ...addressed('IPAddress')];
  return {
    ...(dnsNames.length > 0 && { dnsNames: [...new Set(dnsNames)] }),
    ...(ipAddresses.length > 0 && { ipAddresses: [...new Set(ipAddresses)] }),
  };
}

/**
 * Java refuses a certificate with an empty subject, so there is always one: a
 * name that is also a SAN (public CAs insist), else the database's name as
 * organisation.
 */
export function commonName(
  spec: Pick<Named, 'name'>,
  dnsNames: readonly string[] = [],
): Pick<ICertificate['spec'] & object, 'commonName' | 'subject'> {
  const name = dnsNames.find(san => san.length <= MAX_COMMON_NAME_LENGTH);
  return name
    ? { commonName: name }
    : { subject: { organizations: [spec.name] } };
}

function usages(algorithm: CertificateSpec['keyAlgorithm']) {
  const base = ['server auth', 'digital signature'] as const;
  // Only RSA keys encipher: old TLS 1.2 key exchange asks for it.
  return algorithm === 'RSA'
    ? [...base, 'key encipherment' as const]
    : [...base];
}

function serviceIssuer(spec: Certified) {
  const { issuer } = spec.certificate;
  return issuer.kind === 'self-signed'
    ? issuerRef('Issuer', names.ca(spec))
    : issuerRef(issuer.kind, issuer.name);
}

function issuerRef(kind: 'Issuer' | 'ClusterIssuer', name: string) {
  return { group: 'cert-manager.io', kind, name };
}
