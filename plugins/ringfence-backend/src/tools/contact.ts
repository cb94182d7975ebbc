import { lookup } from 'node:dns/promises';
import type { ConnectionOptions } from 'node:tls';
import { verifiedTlsOptions } from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  PodTls,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { forwardPod } from './podForward';
import { forwardTls, gatewayTarget, isPodVia, type PodVia } from './routes';

/** The one address that the CQL driver dials. */
export interface Contact {
  /** An IP address: the driver would take every address of a name for a node. */
  readonly address: string;
  readonly port: number;
  readonly sslOptions?: ConnectionOptions;
  close(): void;
}

/** Prepares the way for the driver: a forwarded port of a pod, or the gateway's address. */
export async function openContact(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  via: Via,
): Promise<Contact> {
  if (isPodVia(via)) {
    if (via.tls) return openTlsContact(kubernetes, database, via, via.tls);
    const pod = { namespace: database.namespace, pod: via.pod };
    return forwardPod(kubernetes, pod, via.port);
  }
  const target = await gatewayTarget(kubernetes, database, via);
  const { address } = await lookup(via.host);
  return {
    address,
    port: via.port,
    sslOptions: verifiedTlsOptions(target),
    close: () => {},
  };
}

async function openTlsContact(
  kubernetes: KubernetesCluster,
  database: DatabaseRef,
  via: PodVia,
  tls: PodTls,
): Promise<Contact> {
  const { target, forward } = await forwardTls(kubernetes, database, via, tls);
  return { ...forward, sslOptions: verifiedTlsOptions(target) };
}
