import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { makeBundle } from '@ringfence/backstage-plugin-ringfence-backend';
import { connectionSchema } from '@ringfence/connection';
import { fingerprintsOf } from '@ringfence/connection/dial';
import { mintCa } from '@ringfence/connection/testUtils';
import { median, type Figure } from '../figures';

const BUNDLES = 200;
const AT_ONCE = 50;
const ROUNDS = 10;
const MB = 1024 * 1024;

/** How long the zip takes to make, and what making many leaves behind. */
export async function bundleFigures(): Promise<Figure[]> {
  const access = await accessOf();
  const times: number[] = [];
  for (let i = 0; i < BUNDLES; i++) {
    const start = performance.now();
    await makeBundle(access);
    times.push(performance.now() - start);
  }
  const many = () =>
    Promise.all(Array.from({ length: AT_ONCE }, () => makeBundle(access)));
  await many();
  const before = heapMb();
  for (let round = 0; round < ROUNDS; round++) await many();
  return [
    {
      name: 'time to make a bundle, p50',
      value: median(times),
      unit: 'ms',
      goal: { bound: 'at most', value: 20 },
    },
    {
      name: `memory kept after ${ROUNDS} times ${AT_ONCE} bundles at once`,
      value: heapMb() - before,
      unit: 'MB',
      goal: { bound: 'at most', value: 1 },
    },
  ];
}

/** In use after a collection. */
function heapMb(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / MB;
}

async function accessOf() {
  const { certPem } = await mintCa({ name: 'bench CA' });
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
    tls: { serverName: 'bench.example.com', caSha256: fingerprintsOf(certPem) },
    endpoints: [{ scope: 'external', host: 'bench.example.com', port: 9041 }],
    cql: { datacenter: 'dc1', nodeSubnets: ['10.244.0.0/24'] },
    role: 'bench_app',
  });
  return { connection, ca: { pem: certPem, certificates: [] } };
}
