import { X509Certificate } from 'node:crypto';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { withConditions, type Condition } from '../conditions';
import type { ControllerContext } from '../context';
import { ownedBy } from '../controller';
import { durationOf } from './durations';
import type { SignerResult } from './issuers';
import { fitsSpec, generateKey, readKey, type SigningKey } from './keys';
import { encode, readKeyPair } from './secrets';
import { signCertificate, signingRequest } from './sign';

/** A certificate that was issued and is in its Secret. */
export interface Issued {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revision: number;
}

interface Dates {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const approved: Condition = {
  type: 'Approved',
  status: 'True',
  reason: 'cert-manager.io',
  message: 'Certificate request has been approved by cert-manager.io',
};

const fetched: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Issued',
  message: 'Certificate fetched from issuer successfully',
};

const pending = (message: string): Condition => ({
  type: 'Ready',
  status: 'False',
  reason: 'Pending',
  message,
});

/**
 * Issues a certificate: a CertificateRequest for the record, then the Secret.
 *
 * @returns undefined where the issuer cannot sign yet; the CertificateRequest says why
 */
export async function issue(
  context: ControllerContext,
  certificate: KubernetesObject,
  secret: KubernetesObject | undefined,
  found: SignerResult,
  override: Dates | undefined,
): Promise<Issued | undefined> {
  const revision = (certificate.status?.revision ?? 0) + 1;
  const key = await keyFor(certificate, secret);
  if (!found.ready) {
    await recordRequest(context, certificate, revision, key, {
      conditions: [approved, pending(found.message)],
    });
    return undefined;
  }
  const dates =
    override ?? datesFrom(context.now(), durationOf(certificate.spec));
  const pem = await signCertificate(certificate.spec, key, found.signer, dates);
  const { chain, ca } = bundle(pem, found);
  await recordRequest(context, certificate, revision, key, {
    certificate: encode(chain),
    ca: encode(ca),
    conditions: [approved, fetched],
  });
  await writeSecret(context, certificate, {
    'tls.crt': encode(chain),
    'tls.key': encode(key.pem),
    'ca.crt': encode(ca),
  });
  await forgetRequest(context, certificate, revision - 1);
  return { ...dates, revision };
}

/** Seconds are all that a certificate holds. */
function datesFrom(now: Date, durationMs: number): Dates {
  const from = Math.floor(now.getTime() / 1000) * 1000;
  return { notBefore: new Date(from), notAfter: new Date(from + durationMs) };
}

/** The key that is there where `rotationPolicy` is `Never` and it fits, else a new one. */
async function keyFor(
  certificate: KubernetesObject,
  secret: KubernetesObject | undefined,
): Promise<SigningKey> {
  const spec = certificate.spec.privateKey;
  const pair = readKeyPair(secret);
  const keep =
    spec?.rotationPolicy === 'Never' && pair && fitsSpec(pair.keyPem, spec);
  return keep ? readKey(pair.keyPem) : generateKey(spec);
}

/** The chain without its root, and the root: a leaf signed by a root is served alone. */
function bundle(pem: string, found: Extract<SignerResult, { ready: true }>) {
  if (!found.signer) return { chain: pem, ca: pem };
  const issuerPem = found.signer.certificatePem;
  const issuer = new X509Certificate(issuerPem);
  if (issuer.checkIssued(issuer)) return { chain: pem, ca: issuerPem };
  return { chain: pem + issuerPem, ca: found.caPem ?? issuerPem };
}

async function recordRequest(
  { kubernetes, now }: ControllerContext,
  certificate: KubernetesObject,
  revision: number,
  key: SigningKey,
  {
    conditions,
    ...status
  }: { conditions: Condition[]; certificate?: string; ca?: string },
) {
  const { name, namespace } = certificate.metadata;
  const { isCA, usages, duration, issuerRef } = certificate.spec;
  const request = await kubernetes.apply({
    apiVersion: 'cert-manager.io/v1',
    kind: 'CertificateRequest',
    metadata: {
      name: `${name}-${revision}`,
      namespace,
      annotations: {
        'cert-manager.io/certificate-name': name,
        'cert-manager.io/certificate-revision': String(revision),
      },
      ownerReferences: [ownedBy(certificate)],
    },
    spec: {
      isCA,
      usages,
      duration,
      issuerRef,
      request: encode(await signingRequest(certificate.spec, key)),
    },
  });
  await kubernetes.updateStatus({
    ...request,
    status: {
      ...status,
      conditions: withConditions(request.status?.conditions, conditions, {
        now: now(),
      }),
    },
  });
}

/** cert-manager keeps one request a Certificate. */
async function forgetRequest(
  { kubernetes }: ControllerContext,
  certificate: KubernetesObject,
  revision: number,
) {
  const { name, namespace } = certificate.metadata;
  await kubernetes.delete({
    apiVersion: 'cert-manager.io/v1',
    kind: 'CertificateRequest',
    namespace,
    name: `${name}-${revision}`,
  });
}

async function writeSecret(
  { kubernetes }: ControllerContext,
  certificate: KubernetesObject,
  data: Record<string, string>,
) {
  const { spec, metadata } = certificate;
  const { annotations, labels } = spec.secretTemplate ?? {};
  const list = (values: string[] | undefined) => (values ?? []).join(',');
  await kubernetes.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: spec.secretName,
      namespace: metadata.namespace,
      labels: { ...labels, 'controller.cert-manager.io/fao': 'true' },
      annotations: {
        ...annotations,
        'cert-manager.io/alt-names': list(spec.dnsNames),
        'cert-manager.io/certificate-name': metadata.name,
        'cert-manager.io/common-name': spec.commonName ?? '',
        'cert-manager.io/ip-sans': list(spec.ipAddresses),
        'cert-manager.io/issuer-group': 'cert-manager.io',
        'cert-manager.io/issuer-kind': spec.issuerRef.kind ?? 'Issuer',
        'cert-manager.io/issuer-name': spec.issuerRef.name,
        'cert-manager.io/uri-sans': list(spec.uris),
      },
    },
    type: 'kubernetes.io/tls',
    data,
  });
}
