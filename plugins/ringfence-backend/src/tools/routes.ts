import type { Duplex } from 'node:stream';
import {
  clientCertificateError,
  dial,
  type ClientCertificate,
  type DialTarget,
} from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { NotFoundError } from '@backstage/errors';
import {
  noTrustAnchor,
  trustAnchor,
  type KubernetesCluster,
  type Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readSecret, revealKey } from './credentials';

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
  if (isPodVia(via) || !(error instanceof Error)) return error;
  const clientCertificate = via.clientSecret
    ? { certificatePem: '', keyPem: '' }
    : undefined;
  return clientCertificateError(error, { ...via, clientCertificate }) ?? error;
}

/** Opens one connection that speaks CQL. */
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
  const { namespace } = database;
  return kubernetes.portForward({ namespace, pod: via.pod }, via.port);
}
