import type { X509Certificate } from 'node:crypto';
import { NotFoundError } from '@backstage/errors';
import {
  noTrustAnchor,
  type AccessRecipe,
  type KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readCertificates } from '../checks/x509';
import type { StoredDatabase } from '../databases/Databases';
import { readPublicCertificates } from '../observing/certificates';

/** The CA certificates that clients trust. */
export interface CertificateAuthority {
  /** These certificates and nothing else of the Secret's text. */
  readonly pem: string;
  readonly certificates: readonly X509Certificate[];
}

/**
 * Reads the CA certificates that clients trust, two while one takes the other's
 * place; never a key.
 *
 * @throws NotFoundError where its Secret is not there, or holds no CA
 */
export async function readCa(
  { ref, blueprint, spec }: StoredDatabase,
  kubernetes: KubernetesCluster,
): Promise<CertificateAuthority> {
  const { caSecret, furtherCaSecrets, certificate }: AccessRecipe =
    blueprint.access(spec);
  const found = await readPublicCertificates(
    kubernetes,
    ref.namespace,
    caSecret,
  );
  const where = `Secret "${ref.namespace}/${caSecret}" in Kubernetes cluster "${ref.kubernetesCluster}"`;
  if (!found) {
    throw new NotFoundError(
      `${where} holds no certificate yet. Look at: kubectl describe certificate ${certificate} -n ${ref.namespace}`,
    );
  }
  const signing = readCertificates(found.caPem);
  if (signing.length === 0) throw new NotFoundError(noTrustAnchor(where));
  const certificates = distinct([
    ...signing,
    ...(await readFurther(kubernetes, ref.namespace, furtherCaSecrets)),
  ]);
  return { pem: certificates.map(toPem).join(''), certificates };
}

/** Those that are there: the next CA of a rotation is made after it is announced. */
async function readFurther(
  kubernetes: KubernetesCluster,
  namespace: string,
  secrets: readonly string[] = [],
): Promise<X509Certificate[]> {
  const found = await Promise.all(
    secrets.map(name => readPublicCertificates(kubernetes, namespace, name)),
  );
  return found.flatMap(secret => readCertificates(secret?.certificatePem));
}

function distinct(all: readonly X509Certificate[]): X509Certificate[] {
  return [...new Map(all.map(item => [item.fingerprint256, item])).values()];
}

function toPem(certificate: X509Certificate): string {
  return certificate.toString();
}
