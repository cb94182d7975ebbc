import type { X509Certificate } from 'node:crypto';
import { NotFoundError } from '@backstage/errors';
import {
  noTrustAnchor,
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
 * Reads the CA certificate that clients trust; never a key.
 *
 * @throws NotFoundError where its Secret is not there, or holds no CA
 */
export async function readCa(
  { ref, blueprint, spec }: StoredDatabase,
  kubernetes: KubernetesCluster,
): Promise<CertificateAuthority> {
  const { caSecret, certificate } = blueprint.access(spec);
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
  const certificates = readCertificates(found.caPem);
  if (certificates.length === 0) {
    throw new NotFoundError(noTrustAnchor(where));
  }
  return { pem: certificates.map(toPem).join(''), certificates };
}

function toPem(certificate: X509Certificate): string {
  return certificate.toString();
}
