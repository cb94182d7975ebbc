import { X509Certificate } from 'node:crypto';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { isTrue, withConditions, type Condition } from '../conditions';
import {
  itself,
  keyOf,
  refOfKey,
  startController,
  type RunningController,
} from '../controller';
import type { ControllerCluster, ControllerContext } from '../context';
import { readKey } from './keys';
import { readKeyPair } from './secrets';
import type { Signer } from './sign';

const apiVersion = 'cert-manager.io/v1';
/** Where a ClusterIssuer's Secrets are. */
export const CLUSTER_RESOURCE_NAMESPACE = 'cert-manager';

/** Where the Secret of a CA issuer is; undefined for other kinds of issuers. */
function caSecretRef(issuer: KubernetesObject) {
  const name = issuer.spec?.ca?.secretName;
  const namespace = issuer.metadata.namespace ?? CLUSTER_RESOURCE_NAMESPACE;
  return name && { apiVersion: 'v1', kind: 'Secret', namespace, name };
}

/** Says of each Issuer and ClusterIssuer whether it can sign. */
export function startIssuers(
  context: ControllerContext,
  kind: 'Issuer' | 'ClusterIssuer',
): RunningController {
  const kubernetes = context.kubernetes.as('cert-manager-issuers', {
    force: true,
  });
  return startController({
    name: kind === 'Issuer' ? 'issuers' : 'clusterissuers',
    kubernetes,
    log: context.log,
    watches: [
      { apiVersion, kind, concerns: itself },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        concerns: secret => issuersOf(kubernetes, kind, secret),
      },
    ],
    async reconcile(key) {
      const issuer = await kubernetes.get(refOfKey({ apiVersion, kind }, key));
      if (!issuer) return;
      const ready = await readiness(kubernetes, issuer);
      await kubernetes.updateStatus({
        ...issuer,
        status: {
          ...issuer.status,
          conditions: withConditions(issuer.status?.conditions, [ready], {
            generation: issuer.metadata.generation,
            now: context.now(),
          }),
        },
      });
    },
  });
}

async function issuersOf(
  kubernetes: ControllerCluster,
  kind: string,
  secret: KubernetesObject,
) {
  const issuers = await kubernetes.list({ apiVersion, kind });
  return issuers
    .filter(issuer => {
      const ref = caSecretRef(issuer);
      return (
        ref?.name === secret.metadata.name &&
        ref?.namespace === secret.metadata.namespace
      );
    })
    .map(keyOf);
}

async function readiness(
  kubernetes: ControllerCluster,
  issuer: KubernetesObject,
): Promise<Condition> {
  const type = 'Ready';
  if (issuer.spec?.selfSigned)
    return { type, status: 'True', reason: 'IsReady' };
  const ref = caSecretRef(issuer);
  if (!ref) {
    return {
      type,
      status: 'False',
      reason: 'NotSupported',
      message: 'The sandbox issues from selfSigned and ca issuers only',
    };
  }
  const problem = caProblem(await kubernetes.get(ref), ref.name);
  if (!problem) {
    return {
      type,
      status: 'True',
      reason: 'KeyPairVerified',
      message: 'Signing CA verified',
    };
  }
  return {
    type,
    status: 'False',
    reason: 'ErrGetKeyPair',
    message: `Error getting keypair for CA issuer: ${problem}`,
  };
}

function caProblem(secret: KubernetesObject | undefined, name: string) {
  if (!secret) return `secrets "${name}" not found`;
  const pair = readKeyPair(secret);
  if (!pair)
    return `no data for "tls.crt" in secret "${secret.metadata.namespace}/${name}"`;
  return new X509Certificate(pair.certificatePem).ca
    ? undefined
    : 'certificate is not a CA';
}

/** What an issuer signs with, or why it cannot. */
export type SignerResult =
  | { readonly ready: true; readonly signer?: Signer; readonly caPem?: string }
  | { readonly ready: false; readonly message: string };

/** Looks up the issuer that a Certificate names. */
export async function findSigner(
  kubernetes: ControllerCluster,
  certificate: KubernetesObject,
): Promise<SignerResult> {
  const { kind = 'Issuer', name } = certificate.spec.issuerRef;
  const { namespace } = certificate.metadata;
  const issuer = await kubernetes.get({
    apiVersion,
    kind,
    name,
    ...(kind === 'Issuer' && { namespace }),
  });
  if (!issuer) {
    return {
      ready: false,
      message: `Referenced "${kind}" not found: ${kind.toLowerCase()}.cert-manager.io "${name}" not found`,
    };
  }
  if (!isTrue(issuer, 'Ready')) {
    return {
      ready: false,
      message: 'Referenced issuer does not have a Ready status condition',
    };
  }
  if (issuer.spec.selfSigned) return { ready: true };
  const pair = readKeyPair(await kubernetes.get(caSecretRef(issuer)));
  if (!pair) {
    return {
      ready: false,
      message: 'Referenced issuer does not have a Ready status condition',
    };
  }
  const { certificatePem, keyPem } = pair;
  const key = await readKey(keyPem);
  return { ready: true, signer: { certificatePem, key }, caPem: pair.caPem };
}
