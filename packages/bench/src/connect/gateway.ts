import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionSchema } from '@ringfence/connection';
import { fingerprintsOf } from '@ringfence/connection/dial';
import { mintCa } from '@ringfence/connection/testUtils';
import {
  findEnvoy,
  startEnvoyGateway,
  type GatewayUpstream,
} from '@ringfence/data-plane';

const SERVER_NAME = 'bench.example.com';

/** A real Envoy that ends TLS before one port of the upstreams. */
export interface Gateway {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  readonly caFile: string;
  readonly caPem: string;
  /** Folder of a bundle for it. */
  readonly bundle: string;
  stop(): Promise<void>;
}

/** @param directory - a folder of its own */
export async function startGateway(
  directory: string,
  place: { readonly host: string; readonly port: number },
  upstreams: readonly GatewayUpstream[],
): Promise<Gateway> {
  await mkdir(directory, { recursive: true });
  const ca = await mintCa({ name: 'bench CA' });
  const leaf = await ca.issue({
    commonName: SERVER_NAME,
    dnsNames: [SERVER_NAME],
  });
  const envoy = await startEnvoyGateway({
    binary: await findEnvoy(),
    directory: join(directory, 'envoy'),
    logFile: join(directory, 'envoy.log'),
    address: place.host,
    listeners: [
      {
        name: 'cql',
        port: place.port,
        tls: { certificatePem: leaf.certPem, keyPem: leaf.keyPem },
      },
    ],
    upstreams,
  });
  const caFile = join(directory, 'ca.crt');
  await writeFile(caFile, ca.certPem);
  const connection = connectionSchema.parse({
    apiVersion: 'ringfence.dev/v1',
    kind: 'Connection',
    database: {
      name: 'bench',
      kubernetesCluster: 'bench',
      namespace: 'bench',
      blueprint: 'scylladb-ambient',
    },
    protocol: 'cql',
    tls: { serverName: SERVER_NAME, caSha256: fingerprintsOf(ca.certPem) },
    endpoints: [{ scope: 'external', ...place }],
  });
  await writeFile(
    join(directory, 'connection.json'),
    JSON.stringify(connection),
  );
  return {
    ...place,
    serverName: SERVER_NAME,
    caFile,
    caPem: ca.certPem,
    bundle: directory,
    stop: () => envoy.stop(),
  };
}
