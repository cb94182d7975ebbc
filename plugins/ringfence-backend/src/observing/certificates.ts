import {
  trustAnchor,
  type CertificateFacts,
  type Fact,
  type KubernetesCluster,
  type KubernetesObject,
  type ObservationRecipe,
  type PublicCertificates,
  type StoreFacts,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ObjectSource } from './ObjectSource';
import { readStores } from './stores';

/** What is told of a Secret. */
export type PublicPart = PublicCertificates & {
  readonly stores?: readonly StoreFacts[];
};

/** Where the public parts of Secrets come from. */
export interface PublicSecrets {
  /**
   * @param secret - another `version` is another content; absent: nobody knows which there is
   * @param options - `refresh` reads it anew; `wait` reads one that is not known
   */
  read(
    kubernetes: KubernetesCluster,
    secret: {
      readonly namespace: string;
      readonly name: string;
      readonly version: string | undefined;
    },
    options: { readonly refresh: boolean; readonly wait: boolean },
  ): Promise<Fact<PublicPart | undefined>>;
}

/** Reads each Certificate of the recipe and the public part of its Secret. */
export function gatherCertificates(
  source: ObjectSource,
  namespace: string,
  recipe: ObservationRecipe,
  readSecret: (
    name: string,
    version: string | undefined,
  ) => Promise<CertificateFacts['secret']>,
): Promise<CertificateFacts[]> {
  return Promise.all(
    recipe.certificates.map(async ({ name, secret, purpose }) => {
      const certificate = await source.get({
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        name,
        namespace,
      });
      const publicPart = await readSecret(secret, versionOf(certificate));
      return { name, purpose, certificate, secret: publicPart };
    }),
  );
}

/** Changes whenever cert-manager writes another certificate into the Secret. */
function versionOf(
  certificate: Fact<KubernetesObject | undefined>,
): string | undefined {
  if (!certificate.known) return undefined;
  const { uid } = certificate.value?.metadata ?? {};
  const { revision, notAfter } = certificate.value?.status ?? {};
  return [uid, revision, notAfter].join(' ');
}

/** Changes whenever cert-manager writes another certificate into any of the Secrets. */
export function versionsOf(certificates: readonly CertificateFacts[]): string {
  return certificates
    .map(({ name, certificate }) => `${name} ${versionOf(certificate) ?? ''}`)
    .join('; ');
}

/**
 * `tls.crt` of a Secret, the CA that clients trust, and which of its stores open. Secrets are read one by one and never
 * through an {@link ObjectSource}: nothing may list, watch or keep them.
 *
 * @returns undefined where there is no such Secret, or no certificate in it
 */
export async function readPublicCertificates(
  kubernetes: KubernetesCluster,
  namespace: string,
  name: string,
): Promise<PublicPart | undefined> {
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
  const stores = secret && (await readStores(kubernetes, secret));
  return {
    certificatePem,
    ...(caPem && { caPem }),
    ...(stores && { stores }),
  };
}

function decode(secret: KubernetesObject | undefined, key: string): string {
  return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
}
