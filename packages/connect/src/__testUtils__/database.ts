import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintCa } from '@ringfence/connection/testUtils';
import {
  allocateLoopbackBlock,
  CQL_PORT,
  silentLog,
  startGateway,
  startStubRing,
} from '@ringfence/data-plane';
import { connectionFor, SERVER_NAME } from './gateway';

/** The login of {@link startTestDatabase}. */
export const LOGIN = { username: 'orders_app', password: 'pass word' };

/** Three nodes that speak CQL, a TLS gateway before them, and the bundle's folder. */
export interface TestDatabase {
  readonly folder: string;
  readonly nodeAddresses: readonly string[];
  stop(): Promise<void>;
}

/** Starts one on loopback. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const block = await allocateLoopbackBlock();
  const ring = startStubRing({
    clusterName: 'orders',
    datacenter: 'dc1',
    rack: 'rack1',
    nodes: [1, 2, 3].map(index => ({
      name: `orders-${index}`,
      address: block.address(index),
    })),
    log: silentLog,
    logins: [{ ...LOGIN, superuser: false }],
  });
  await ring.ready;
  const ca = await mintCa({ name: 'orders CA' });
  const { certPem, keyPem } = await ca.issue({ dnsNames: [SERVER_NAME] });
  const gateway = await startGateway({
    address: '127.0.0.1',
    listeners: [
      { name: 'cql', port: 0, tls: { certificatePem: certPem, keyPem } },
    ],
    upstreams: ring.nodes.map(({ address }) => ({
      workload: 'orders',
      namespace: 'orders',
      address,
      port: CQL_PORT,
    })),
    identity: { workload: 'orders-gateway-istio', namespace: 'orders' },
    log: silentLog,
  });
  const folder = await mkdtemp(join(tmpdir(), 'connect-'));
  const connection = connectionFor(gateway.ports.cql, ca.certPem, {
    cql: { datacenter: 'dc1', nodeSubnets: [] },
  });
  await writeFile(join(folder, 'ca.crt'), ca.certPem);
  await writeFile(join(folder, 'connection.json'), JSON.stringify(connection));
  return {
    folder,
    nodeAddresses: ring.nodes.map(({ address }) => address),
    async stop() {
      await gateway.stop();
      await ring.stop();
      await block.release();
      await rm(folder, { recursive: true });
    },
  };
}
