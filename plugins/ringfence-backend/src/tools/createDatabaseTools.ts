import { handshake } from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  DatabaseTools,
  Handshake,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readSecret } from './credentials';
import { openIgniteSession } from './openIgniteSession';
import { openSession } from './openSession';
import { forwardPod } from './podForward';
import { tryLogin } from './tryLogin';

/** A handshake with an address, or with a pod that ends TLS itself. */
async function shakeHands(
  kubernetes: KubernetesCluster,
  { namespace }: DatabaseRef,
  { pod, ...target }: Parameters<DatabaseTools['handshake']>[0],
): Promise<Handshake> {
  if (!pod) return handshake(target);
  const forward = await forwardPod(kubernetes, { namespace, pod }, target.port);
  try {
    const { address: host, port } = forward;
    return await handshake({ ...target, host, port });
  } finally {
    forward.close();
  }
}

/**
 * What blueprints and probes may do with one database besides applying manifests.
 *
 * @param access - what the database speaks. @defaultValue CQL
 */
export function createDatabaseTools(
  kubernetes: KubernetesCluster,
  ref: DatabaseRef,
  { protocol }: Pick<AccessRecipe, 'protocol'> = { protocol: 'cql' },
): DatabaseTools {
  return {
    database: ref,
    kubernetes,
    cql: (login, via) => openSession(kubernetes, ref, login, via),
    ignite: (login, via) => openIgniteSession(kubernetes, ref, login, via),
    tryLogin: (login, via, { signal } = {}) =>
      tryLogin(kubernetes, ref, login, via, { signal, protocol }),
    handshake: target => shakeHands(kubernetes, ref, target),
    exec: (pod, command) =>
      kubernetes.exec({ ...pod, namespace: ref.namespace }, command),
    secret: name => readSecret(kubernetes, ref, name),
  };
}
