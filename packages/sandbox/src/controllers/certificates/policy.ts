import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { conditionOf, timestamp } from '../conditions';
import { renewalTimeOf } from './durations';
import { fitsSpec } from './keys';
import { datesOf, readKeyPair } from './secrets';

/** Why a certificate has to be issued, in cert-manager's words. */
export interface IssuanceReason {
  readonly reason: string;
  readonly message: string;
}

/** What is known when that is decided. */
export interface IssuanceInput {
  readonly certificate: KubernetesObject;
  readonly secret: KubernetesObject | undefined;
  /** Fields of the spec that differ from what the certificate was issued for. */
  readonly changedFields: readonly string[];
  /** Renewal by time is held back. */
  readonly held: boolean;
  readonly now: Date;
}

/**
 * Why to issue; undefined where the certificate is as it should be.
 *
 * @see https://github.com/cert-manager/cert-manager/blob/v1.21.1/internal/controller/certificates/policies/checks.go
 */
export function reasonToIssue(
  input: IssuanceInput,
): IssuanceReason | undefined {
  const manual = conditionOf(input.certificate, 'Issuing');
  if (manual?.status === 'True') {
    return { reason: manual.reason ?? '', message: manual.message ?? '' };
  }
  return reasonNotReady(input) ?? timeReason(input);
}

/**
 * Why a certificate that is not issued anew is not Ready, until it is: one that
 * another issuer signed, or that was made for another spec, is not what is asked for.
 */
export function reasonNotReady(
  input: IssuanceInput,
): IssuanceReason | undefined {
  return secretReason(input) ?? requestReason(input);
}

/** Why the Secret cannot be used, whatever its certificate says. */
export function secretReason({
  certificate,
  secret,
}: IssuanceInput): IssuanceReason | undefined {
  if (!secret) {
    return {
      reason: 'DoesNotExist',
      message: 'Issuing certificate as Secret does not exist',
    };
  }
  const pair = readKeyPair(secret);
  if (!pair) {
    return {
      reason: 'MissingData',
      message: 'Issuing certificate as Secret does not contain a private key',
    };
  }
  if (!isPair(pair.certificatePem, pair.keyPem)) {
    return {
      reason: 'InvalidKeyPair',
      message:
        'Issuing certificate as Secret contains an invalid key-pair: tls: private key does not match public key',
    };
  }
  if (!fitsSpec(pair.keyPem, certificate.spec.privateKey)) {
    return {
      reason: 'SecretMismatch',
      message:
        'Existing private key is not up to date for spec: [spec.privateKey]',
    };
  }
  return undefined;
}

function requestReason({
  secret,
  certificate,
  changedFields,
}: IssuanceInput): IssuanceReason | undefined {
  const annotations = secret?.metadata.annotations ?? {};
  const issuedBy = [
    annotations['cert-manager.io/issuer-kind'],
    annotations['cert-manager.io/issuer-name'],
  ].join('/');
  const { kind = 'Issuer', name } = certificate.spec.issuerRef;
  if (issuedBy !== `${kind}/${name}`) {
    return {
      reason: 'IncorrectIssuer',
      message: `Issuing certificate as Secret was previously issued by "${issuedBy}"`,
    };
  }
  if (changedFields.length === 0) return undefined;
  return {
    reason: 'RequestChanged',
    message: `Fields on existing CertificateRequest resource not up to date: [${changedFields.join(
      ' ',
    )}]`,
  };
}

function timeReason({
  certificate,
  secret,
  held,
  now,
}: IssuanceInput): IssuanceReason | undefined {
  if (held) return undefined;
  const dates = datesOf(readKeyPair(secret)!.certificatePem);
  const renewalTime = renewalTimeOf(certificate.spec, dates);
  if (now < renewalTime) return undefined;
  return {
    reason: 'Renewing',
    message: `Renewing certificate as renewal was scheduled at ${timestamp(
      renewalTime,
    )
      .replace('T', ' ')
      .replace('Z', ' +0000 UTC')}`,
  };
}

function isPair(certificatePem: string, keyPem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(
      createPrivateKey(keyPem),
    );
  } catch {
    return false;
  }
}
