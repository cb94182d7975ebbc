import {
  MANAGED_BY_LABEL,
  MANAGER,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Manifest, ObjectRef } from '../kubernetes';
import type { Platform } from '../platform';
import {
  toManifest,
  type ICertificate,
  type IGateway,
  type IIssuer,
} from './manifest';
import { commonLabels, names, type Named } from './names';
import type { AccessSpec } from './spec';
import { isAtLeast, parseVersion, type Version } from './version';

/** Ten years: teams never hold this certificate, and the gateway reads it anew. */
const CA_DURATION = '87600h';
const CA_RENEW_BEFORE = '8760h';
/** Of the portal's own certificate, which cert-manager renews. */
const PORTAL_DURATION = '168h';
const PORTAL_RENEW_BEFORE = '56h';

/** How long a team's certificate is valid, in hours: until then one that is revoked still gets in. */
export const CLIENT_CERTIFICATE_HOURS = 168;
/** The shortest that cert-manager takes: a team asks for the next one, not cert-manager. */
const CLIENT_RENEW_BEFORE = '5m';

/** On a client's Certificate: the team that it is for. */
export const CLIENT_TEAM_LABEL = 'ringfence.dev/client-team';
/** On a client's Certificate: the team as it was named, who asked, and when last. */
export const CLIENT_REQUEST_ANNOTATION = 'ringfence.dev/client-request';

/** Istio's own way to ask clients for a certificate, in the options of a listener. */
const TERMINATE_MODE = 'gateway.istio.io/tls-terminate-mode';
/** Earlier ones have no field for it, and would leave it out without a word. */
const FRONTEND_SINCE_BUNDLE: Version = [1, 5, 0];
/** Earlier ones do not read a CA from a Secret. */
const FRONTEND_SINCE_ISTIO: Version = [1, 31, 0];

/** What is needed to make the certificates of clients. */
export type WithClients = Named & {
  readonly access: Pick<AccessSpec, 'clientCertificates'>;
};

type ValidationPlatform = Pick<Platform, 'istio' | 'gatewayApi'>;

/** How a Gateway is told to ask clients for certificates. */
export interface ClientValidation {
  /** Of the Gateway: `spec.tls`. */
  readonly tls?: IGateway['spec']['tls'];
  /** Of each listener with TLS: `tls.options`. */
  readonly options?: Record<string, string>;
}

/**
 * How this platform's gateway asks for certificates:
 *
 * | mode | Istio 1.31 with Gateway API 1.5 and later | others |
 * |---|---|---|
 * | required | `spec.tls.frontend`, `AllowValidOnly` | option `MUTUAL` |
 * | optional | option `OPTIONAL_MUTUAL` | option `OPTIONAL_MUTUAL` |
 *
 * The Gateway API's only other mode, `AllowInsecureFallback`, also lets in who
 * shows a certificate that does not verify. With the options Istio takes the CA
 * from the Secret `<service certificate's>-cacert`.
 */
export function clientValidation(
  spec: WithClients,
  platform: ValidationPlatform,
): ClientValidation {
  const { clientCertificates: mode } = spec.access;
  if (mode === 'off') return {};
  if (mode === 'optional') {
    return { options: { [TERMINATE_MODE]: 'OPTIONAL_MUTUAL' } };
  }
  if (!hasFrontendValidation(platform)) {
    return { options: { [TERMINATE_MODE]: 'MUTUAL' } };
  }
  const ca = { group: '', kind: 'Secret', name: names.clientCaSecret(spec) };
  const validation = {
    caCertificateRefs: [ca],
    mode: 'AllowValidOnly' as const,
  };
  return { tls: { frontend: { default: { validation } } } };
}

/** Whether the Gateway API's own validation works here; where a version cannot be read, nobody knows. */
export function hasFrontendValidation({
  istio,
  gatewayApi,
}: ValidationPlatform): boolean {
  const bundle = parseVersion(gatewayApi?.bundleVersion);
  const version = parseVersion(istio?.version);
  return (
    bundle !== undefined &&
    version !== undefined &&
    isAtLeast(bundle, FRONTEND_SINCE_BUNDLE) &&
    isAtLeast(version, FRONTEND_SINCE_ISTIO)
  );
}

/** The objects that stages wait for. */
export function clientObjects(spec: Named) {
  const ref = (kind: string, name: string): ObjectRef => ({
    apiVersion: 'cert-manager.io/v1',
    kind,
    namespace: spec.namespace,
    name,
  });
  return {
    selfSignedIssuer: ref('Issuer', names.clientSelfSignedIssuer(spec)),
    caCertificate: ref('Certificate', names.clientCa(spec)),
    caIssuer: ref('Issuer', names.clientCa(spec)),
    portalCertificate: ref('Certificate', names.portalCertificate(spec)),
  };
}

/**
 * A CA for clients alone, in two tiers, and the certificate that the portal
 * shows when it probes. The server's CA signs none of them: else whoever holds
 * a certificate of a client could pass for the gateway.
 */
export function clientCaManifests(
  spec: WithClients,
  application: string,
): Manifest[] {
  if (spec.access.clientCertificates === 'off') return [];
  const labels = commonLabels(spec, application);
  const meta = (name: string) => ({ name, namespace: spec.namespace, labels });
  const selfSigned: IIssuer = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: meta(names.clientSelfSignedIssuer(spec)),
    spec: { selfSigned: {} },
  };
  const ca: ICertificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: meta(names.clientCa(spec)),
    spec: {
      isCA: true,
      commonName: `${spec.name} clients CA`,
      secretName: names.clientCaSecret(spec),
      secretTemplate: { labels },
      duration: CA_DURATION,
      renewBefore: CA_RENEW_BEFORE,
      // With a new key every certificate of a team would be refused at once.
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      usages: ['cert sign', 'crl sign', 'digital signature'],
      issuerRef: issuer(names.clientSelfSignedIssuer(spec)),
    },
  };
  const signing: IIssuer = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: meta(names.clientCa(spec)),
    spec: { ca: { secretName: names.clientCaSecret(spec) } },
  };
  const portal: ICertificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: meta(names.portalCertificate(spec)),
    spec: {
      ...clientSubject(spec, 'ringfence'),
      secretName: names.portalCertificate(spec),
      secretTemplate: { labels },
      duration: PORTAL_DURATION,
      renewBefore: PORTAL_RENEW_BEFORE,
      issuerRef: issuer(names.clientCa(spec)),
    },
  };
  return [selfSigned, ca, signing, portal].map(object => toManifest(object));
}

/** What a team asked for. */
export interface ClientRequest {
  /** A DNS label. */
  readonly team: string;
  /** JSON on the Certificate, see {@link CLIENT_REQUEST_ANNOTATION}. */
  readonly request: string;
  readonly issuer: { readonly kind: string; readonly name: string };
}

/**
 * A team's certificate. It lacks the label of the database's own objects, which
 * end with the spec that asks for them: this one outlives a change of it.
 */
export function clientCertificateManifest(
  spec: Named,
  { team, request, issuer: { kind, name: issuerName } }: ClientRequest,
): Manifest {
  const name = names.clientCertificate(spec, team);
  const labels = { [MANAGED_BY_LABEL]: MANAGER, [CLIENT_TEAM_LABEL]: team };
  const certificate: ICertificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: {
      name,
      namespace: spec.namespace,
      labels,
      annotations: { [CLIENT_REQUEST_ANNOTATION]: request },
    },
    spec: {
      ...clientSubject(spec, team),
      secretName: name,
      secretTemplate: { labels },
      duration: `${CLIENT_CERTIFICATE_HOURS}h`,
      renewBefore: CLIENT_RENEW_BEFORE,
      issuerRef: { group: 'cert-manager.io', kind, name: issuerName },
    },
  };
  return toManifest(certificate);
}

/** Whom a certificate of a client names: as common name for people, as URI for programs. */
function clientSubject(spec: Named, client: string) {
  return {
    commonName: client,
    subject: { organizations: [spec.name] },
    uris: [`ringfence://${spec.namespace}/${spec.name}/clients/${client}`],
    privateKey: {
      algorithm: 'ECDSA' as const,
      // Java and .NET read no other form.
      encoding: 'PKCS8' as const,
      size: 256,
      rotationPolicy: 'Always' as const,
    },
    usages: ['client auth' as const, 'digital signature' as const],
  };
}

function issuer(name: string) {
  return { group: 'cert-manager.io', kind: 'Issuer', name };
}
