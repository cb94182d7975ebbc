import {
  trustAnchor,
  type CertificateFacts,
  type KubernetesCluster,
  type KubernetesObject,
  type ObservationRecipe,
  type PublicCertificates,
} from '@ringfence/backstage-plugin-ringfence-node';
import { look, type Clock } from './look';
import type { ObjectSource } from './ObjectSource';

/** Reads each Certificate of the recipe and the public part of its Secret. */
export function gatherCertificates(
  kubernetes: KubernetesCluster,
  source: ObjectSource,
  namespace: string,
  recipe: ObservationRecipe,
  clock: Clock,
): Promise<CertificateFacts[]> {
  return Promise.all(
    recipe.certificates.map(async ({ name, secret, purpose }) => {
      const [certificate, publicPart] = await Promise.all([
        source.get({
          apiVersion: 'cert-manager.io/v1',
          kind: 'Certificate',
          name,
          namespace,
        }),
        look(clock, () =>
          readPublicCertificates(kubernetes, namespace, secret),
        ),
      ]);
      return { name, purpose, certificate, secret: publicPart };
    }),
  );
}

/**
 * `tls.crt` of a Secret and the CA that clients trust. Secrets are read one by one and never
 * through an {@link ObjectSource}: nothing may list, watch or keep them.
 *
 * @returns undefined where there is no such Secret, or no certificate in it
 */
export async function readPublicCertificates(
  kubernetes: KubernetesCluster,
  namespace: string,
  name: string,
): Promise<PublicCertificates | undefined> {
  const secret = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Secret',
    name,
    namespace,
  });
  const certificatePem = decode(secret, 'tls.crt');
  if (!certificatePem) return undefined;
  const caPem = trustAnchor({
    certificatePem,
    caPem: decode(secret, 'ca.crt'),
  });
  return { certificatePem, ...(caPem && { caPem }) };
}

function decode(secret: KubernetesObject | undefined, key: string): string {
  return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
}
