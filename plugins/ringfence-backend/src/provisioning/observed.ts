import type {
  AccessRecipe,
  KubernetesCluster,
  Observed,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readCertificate, readSecretHash } from './secrets';

/** Those certificates that the manifests of the stages are made from and that are there, by their Secret. */
export async function readCertificates(
  kubernetes: KubernetesCluster,
  namespace: string,
  stages: readonly Stage[],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of stages.flatMap(stage => stage.certificates ?? [])) {
    const pem = await readCertificate(kubernetes, namespace, name);
    if (pem !== undefined) found[name] = pem;
  }
  return found;
}

/** Whether manifests may name the address of a Gateway. */
export function awaitsAddress({
  exposure,
  gateway,
}: Pick<AccessRecipe, 'exposure' | 'gateway'>): boolean {
  return exposure !== 'none' && gateway !== undefined;
}

/**
 * What the stages of a database find out, read from what is there: addresses of
 * the Gateway, none where it has none yet, and the hashes of those Secrets that
 * exist.
 */
export async function readObserved(
  kubernetes: KubernetesCluster,
  namespace: string,
  {
    stages,
    access,
  }: { stages: readonly Stage[]; access: Pick<AccessRecipe, 'gateway'> },
): Promise<Observed & { readonly missingSecrets: readonly string[] }> {
  const gateway = access.gateway && (await kubernetes.get(access.gateway));
  const secretHashes: Record<string, string> = {};
  const missingSecrets: string[] = [];
  for (const { name } of stages.flatMap(stage => stage.secrets ?? [])) {
    const hash = await readSecretHash(kubernetes, namespace, name);
    if (hash === undefined) missingSecrets.push(name);
    else secretHashes[name] = hash;
  }
  return {
    certificates: await readCertificates(kubernetes, namespace, stages),
    gatewayAddresses: gateway?.status?.addresses ?? [],
    secretHashes,
    missingSecrets,
  };
}
