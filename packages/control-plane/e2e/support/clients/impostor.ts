import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import {
  mintCa,
  type MintedCertificate,
} from '@ringfence/connection/testUtils';
import { until, type Cluster } from '../../../src';
import type { Way } from '../cql';

const NAME = 'impostor';
const SERVED_WITHIN_MS = 30_000;

/** The name of the certificate for somebody else. */
export const OTHER_NAME = 'impostor.example.com';

/** A certificate, and what it takes to see that it is served. */
export interface Identity extends MintedCertificate {
  readonly caPem: string;
  readonly serverName: string;
}

/** What a Secret of the database's namespace holds. */
export async function readIdentity(
  { kubectl }: Cluster,
  namespace: string,
  secret: string,
  serverName: string,
): Promise<Identity> {
  const { data } = JSON.parse(
    await kubectl(['get', 'secret', secret, '-n', namespace, '-o', 'json']),
  );
  const decode = (key: string) => Buffer.from(data[key], 'base64').toString();
  return {
    certPem: decode('tls.crt'),
    keyPem: decode('tls.key'),
    caPem: decode('ca.crt'),
    serverName,
  };
}

/** For the right names, from a CA that is called as the right one is. */
export async function fromAnotherCa(
  { address, caPem }: Way,
  serverName: string,
): Promise<Identity> {
  const { subject } = new X509Certificate(caPem);
  const ca = await mintCa({ name: /CN=(.*)/.exec(subject)![1] });
  const certificate = await ca.issue({
    commonName: serverName,
    dnsNames: [serverName],
    ipAddresses: [address],
  });
  return { ...certificate, caPem: ca.certPem, serverName };
}

/** For another name, from the very CA of the database. */
export async function forAnotherName(
  cluster: Cluster,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<Identity> {
  const certificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: NAME, namespace },
    spec: {
      secretName: NAME,
      commonName: OTHER_NAME,
      dnsNames: [OTHER_NAME],
      issuerRef: { name: `${name}-ca` },
    },
  };
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(certificate));
  await cluster.kubectl([
    ...['wait', `certificate/${NAME}`, '-n', namespace],
    ...['--for=condition=Ready', '--timeout=60s'],
  ]);
  return readIdentity(cluster, namespace, NAME, OTHER_NAME);
}

/** Puts an identity into the gateway's Secret, and waits until that is what it serves. */
export async function serve(
  cluster: Cluster,
  { address }: Way,
  {
    namespace,
    secret,
  }: { readonly namespace: string; readonly secret: string },
  { certPem, keyPem, caPem, serverName }: Identity,
): Promise<void> {
  const encode = (pem: string) => Buffer.from(pem).toString('base64');
  const applied = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret, namespace },
    data: { 'tls.crt': encode(certPem), 'tls.key': encode(keyPem) },
  };
  await cluster.kubectl(
    [
      ...['apply', '--server-side', '--force-conflicts'],
      ...[`--field-manager=${NAME}`, '-f', '-'],
    ],
    JSON.stringify(applied),
  );
  const fingerprint = new X509Certificate(certPem).fingerprint256;
  await until(`${serverName} is served`, SERVED_WITHIN_MS, async () => {
    const socket = connect({
      host: address,
      port: 9041,
      ca: [caPem],
      servername: serverName,
    });
    try {
      await once(socket, 'secureConnect');
      return socket.getPeerCertificate().fingerprint256 === fingerprint;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  });
}
