import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
// The portal's own bundle is what the end-to-end tests are about.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import { makeBundle } from '@ringfence/backstage-plugin-ringfence-backend';
import { connectionSchema } from '@ringfence/connection';
import { fingerprintsOf } from '@ringfence/connection/dial';

type Shown = Parameters<typeof makeBundle>[1];

/**
 * What the bundle has for Kubernetes.
 *
 * @param shown - the client's certificate, where it has one
 */
export async function bundleManifests(
  caPem: string,
  shown?: Shown,
): Promise<string> {
  const connection = connectionSchema.parse({
    apiVersion: 'ringfence.dev/v1',
    kind: 'Connection',
    database: {
      name: 'orders',
      kubernetesCluster: 'control-plane',
      namespace: 'orders',
      blueprint: 'scylladb-ambient',
    },
    protocol: 'cql',
    tls: { serverName: 'orders.example.com', caSha256: fingerprintsOf(caPem) },
    endpoints: [{ scope: 'external', host: 'orders.example.com', port: 9041 }],
    cql: { datacenter: 'datacenter1', nodeSubnets: ['10.244.0.0/24'] },
    role: 'orders_app',
  });
  const ca = { pem: caPem, certificates: [] };
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-manifests-'));
  try {
    const zip = join(folder, 'bundle.zip');
    await writeFile(zip, await makeBundle({ connection, ca }, shown));
    const unpack = ['-m', 'zipfile', '-e', zip, folder];
    await promisify(execFile)('python3', unpack);
    return await readFile(join(folder, 'kubernetes/client.yaml'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
