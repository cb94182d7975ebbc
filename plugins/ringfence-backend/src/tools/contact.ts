import { lookup } from 'node:dns/promises';
import type { ConnectionOptions } from 'node:tls';
import { verifiedTlsOptions } from '@ringfence/connection/dial';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { forwardPod } from './podForward';
import { gatewayTarget, isPodVia } from './routes';

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
