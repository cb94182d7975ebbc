import type { Duplex } from 'node:stream';
import {
  clientCertificateError,
  dial,
  type ClientCertificate,
  type DialTarget,
} from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { isError, NotFoundError } from '@backstage/errors';
import {
  noTrustAnchor,
  trustAnchor,
  type KubernetesCluster,
  type PodTls,
  type Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readSecret, revealKey } from './credentials';
import { forwardPod, type PodForward } from './podForward';

/** The way through the API server to one pod. */
export type PodVia = Extract<Via, { pod: string }>;

/** The way through the gateway. */
export type GatewayVia = Exclude<Via, PodVia>;

export function isPodVia(via: Via): via is PodVia {
  return 'pod' in via;
}

/** Where it leads, for messages: `pod "orders/orders-0" port 9042` or `gateway 203.0.113.7:9041`. */
export function placeOf(database: DatabaseRef, via: Via): string {
  return isPodVia(via)
    ? `pod "${database.namespace}/${via.pod}" port ${via.port}`
    : `gateway ${via.host}:${via.port}`;
}

/**
 * What to dial at the gateway, verified against the CA of the database.
 *
 * @throws NotFoundError where there is no CA
 */
export async function gatewayTarget(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  via: GatewayVia,
): Promise<DialTarget> {
  const { host, port, serverName, caSecret } = via;
  const secret = await readSecret(kubernetes, database, caSecret);
  const caPem = trustAnchor({
    certificatePem: secret['tls.crt']?.reveal() ?? '',
    caPem: secret['ca.crt']?.reveal(),
  });
  if (!caPem) {
    const where = `Secret "${database.namespace}/${caSecret}"`;
    throw new NotFoundError(noTrustAnchor(where));
  }
  const clientCertificate =
    via.clientSecret &&
    (await clientCertificateIn(kubernetes, database, via.clientSecret));
  return {
    ...{ host, port, serverName, caPem },
    ...(clientCertificate && { clientCertificate }),
  };
}

async function clientCertificateIn(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  name: string,
): Promise<ClientCertificate> {
  const reveal = (key: string) => revealKey(kubernetes, database, name, key);
  return {
    certificatePem: await reveal('tls.crt'),
    keyPem: await reveal('tls.key'),
  };
}

/**
 * What ended a connection, in words for people where the gateway did not take
 * the client's certificate: with TLS 1.3 that shows after the handshake only.
 */
export function inWords(error: unknown, via: Via): unknown {
  if (!isError(error)) return error;
  const shown = isPodVia(via) ? via.tls?.clientSecret : via.clientSecret;
  const clientCertificate = shown
    ? { certificatePem: '', keyPem: '' }
    : undefined;
  const place = isPodVia(via) ? { host: via.pod, port: via.port } : via;
  return (
    clientCertificateError(error, { ...place, clientCertificate }) ?? error
  );
}

/**
 * Forwards a port of a pod that ends TLS itself, and says what to dial there;
 * verified as if it were dialled by its name.
 *
 * @throws NotFoundError where there is no CA
 */
export async function forwardTls(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  via: PodVia,
  { furtherCaSecrets = [], ...tls }: PodTls,
): Promise<{ target: DialTarget; forward: PodForward }> {
  const pod = { namespace: database.namespace, pod: via.pod };
  const forward = await forwardPod(kubernetes, pod, via.port);
  try {
    const { address: host, port } = forward;
    const target = await gatewayTarget(kubernetes, database, {
      ...{ host, port },
      ...tls,
    });
    const further = await Promise.all(
      furtherCaSecrets.map(secret =>
        revealKey(kubernetes, database, secret, 'tls.crt'),
      ),
    );
    const caPem = [target.caPem, ...further].join('\n');
    return { target: { ...target, caPem }, forward };
  } catch (error) {
    forward.close();
    throw error;
  }
}

/** Opens one connection to where the database takes clients. */
export async function openRoute(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  via: Via,
  signal: AbortSignal,
): Promise<Duplex> {
  if (!isPodVia(via)) {
    const target = await gatewayTarget(kubernetes, database, via);
    return dial(target, { signal });
  }
  if (!via.tls) {
    const { namespace } = database;
    return kubernetes.portForward({ namespace, pod: via.pod }, via.port);
  }
  const { target, forward } = await forwardTls(
    kubernetes,
    database,
    via,
    via.tls,
  );
  try {
    const socket = await dial(target, { signal });
    socket.once('close', () => forward.close());
    return socket;
  } catch (error) {
    forward.close();
    throw error;
  }
}
