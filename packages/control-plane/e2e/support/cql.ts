import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { Client, policies, type ClientOptions } from 'cassandra-driver';
import { until, type Cluster } from '../../src';

/** A real istiod with Envoy took 0.8 to 1.0 s. */
export const SERVED_WITHIN_MS = 2_000;

/** The way into a database. */
export interface Way {
  readonly address: string;
  /** Where it ends TLS. @default that of CQL */
  readonly port?: number;
  readonly caPem: string;
  readonly username: string;
  readonly password: string;
  /** What the client shows of itself. */
  readonly clientCertificate?: {
    readonly certPem: string;
    readonly keyPem: string;
  };
}

/** Read as a client's owner would: address of the Gateway, CA and login from the Secrets. */
export async function readWay(
  cluster: Pick<Cluster, 'kubectl'>,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<Way> {
  const read = async (kind: string, of: string) =>
    JSON.parse(
      await cluster.kubectl(['get', kind, of, '-n', namespace, '-o', 'json']),
    );
  const gateway = await read('gateway', `${name}-gateway`);
  const tls = await read('secret', `${name}-tls`);
  const login = await read('secret', `${name}-app`);
  const decode = (value: string) => Buffer.from(value, 'base64').toString();
  return {
    address: gateway.status.addresses[0].value,
    caPem: decode(tls.data['ca.crt']),
    username: decode(login.data.username),
    password: decode(login.data.password),
  };
}

/**
 * A driver that verifies the CA and the address, and stays with the gateway.
 *
 * @param others - further policies than that
 */
export function createDriver(
  way: Way,
  others: ClientOptions['policies'] = {},
): Client {
  const host = `${way.address}:9042`;
  return new Client({
    contactPoints: [host],
    localDataCenter: 'datacenter1',
    credentials: { username: way.username, password: way.password },
    sslOptions: {
      ca: [way.caPem],
      rejectUnauthorized: true,
      cert: way.clientCertificate?.certPem,
      key: way.clientCertificate?.keyPem,
    },
    policies: {
      ...others,
      loadBalancing: new policies.loadBalancing.AllowListPolicy(
        new policies.loadBalancing.RoundRobinPolicy(),
        [host],
      ),
    },
  });
}

/** A handshake that verifies CA and address. */
export async function handshake({
  address,
  caPem,
  port = 9041,
}: Way): Promise<TLSSocket> {
  const socket = connect({ host: address, port, ca: [caPem] });
  await once(socket, 'secureConnect');
  return socket;
}

/** Waits until new handshakes show a certificate with this name, as they must soon after it was issued. */
export async function untilServedWith(
  dnsName: string,
  way: Way,
): Promise<void> {
  await until(`${dnsName} is served`, SERVED_WITHIN_MS, async () => {
    const socket = await handshake(way);
    const { subjectaltname } = socket.getPeerCertificate();
    socket.destroy();
    if (subjectaltname?.split(', ').includes(`DNS:${dnsName}`)) return true;
    throw new Error(`served: ${subjectaltname}`);
  });
}
