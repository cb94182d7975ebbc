import { handshake } from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  DatabaseTools,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readSecret } from './credentials';
import { openSession } from './openSession';
import { tryLogin } from './tryLogin';

/** What blueprints and probes may do with one database besides applying manifests. */
export function createDatabaseTools(
  kubernetes: KubernetesCluster,
  ref: DatabaseRef,
): DatabaseTools {
  return {
    database: ref,
    kubernetes,
    cql: (login, via) => openSession(kubernetes, ref, login, via),
    tryLogin: (login, via, options) =>
      tryLogin(kubernetes, ref, login, via, options),
    handshake: target => handshake(target),
    exec: (pod, command) =>
      kubernetes.exec({ ...pod, namespace: ref.namespace }, command),
    secret: name => readSecret(kubernetes, ref, name),
  };
}
