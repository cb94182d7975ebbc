import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../../../src';
import type { StoredRing } from '../keystores/StoredRing';

const SECRET = 'orders-internode-tls';
const KEY = 'keystore.jks';

/** What the faults are made with. */
export interface FaultContext {
  readonly cluster: Cluster;
  readonly ring: StoredRing;
  /** For files of keytool. */
  readonly directory: string;
}

/** A store that goes wrong, and how the report calls it. */
export interface StoreFault {
  readonly what: string;
  readonly reason: string;
  make(context: FaultContext): Promise<void>;
}

async function patchStore(
  { cluster, ring }: FaultContext,
  store: Buffer | null,
): Promise<void> {
  const change = { data: { [KEY]: store && store.toString('base64') } };
  await cluster.kubectl([
    ...['patch', 'secret', SECRET, '-n', ring.spec.namespace],
    ...['--type=merge', '-p', JSON.stringify(change)],
  ]);
}

/** A keystore as somebody makes it by hand. */
async function makeStore(
  directory: string,
  password: string | Buffer,
  days: { readonly from: number; readonly valid: number },
): Promise<Buffer> {
  const file = join(directory, 'by-hand.jks');
  const passwordFile = join(directory, 'by-hand.password');
  await rm(file, { force: true });
  await writeFile(passwordFile, password);
  await promisify(execFile)('keytool', [
    ...['-genkeypair', '-alias', 'certificate', '-keyalg', 'RSA'],
    ...['-dname', 'CN=orders', '-startdate', `${days.from}d`],
    ...['-validity', `${days.valid}`, '-keystore', file, '-storetype', 'JKS'],
    ...['-storepass:file', passwordFile, '-keypass:file', passwordFile],
  ]);
  return readFile(file);
}

/** Made while cert-manager does not run, which would mend some of them at once. */
export const STORE_FAULTS: readonly StoreFault[] = [
  {
    what: 'a key that the Secret does not have',
    reason: 'NoKey',
    make: context => patchStore(context, null),
  },
  {
    what: 'a store that its password does not open',
    reason: 'DoesNotOpen',
    async make(context) {
      const days = { from: -1, valid: 30 };
      const { directory } = context;
      const store = await makeStore(directory, 'another one', days);
      await patchStore(context, store);
    },
  },
  {
    what: 'a certificate in a store that has expired',
    reason: 'Expired',
    async make(context) {
      const { ring, directory } = context;
      const { password } = await ring.secret('orders-keystore-password');
      const days = { from: -60, valid: 30 };
      await patchStore(context, await makeStore(directory, password, days));
    },
  },
];

/** Asks for a restart as the report's remedy does, and waits until it is done. */
export async function restartNodes({
  cluster,
  ring,
}: Pick<FaultContext, 'cluster' | 'ring'>): Promise<void> {
  const { namespace } = ring.spec;
  const task = {
    apiVersion: 'control.k8ssandra.io/v1alpha1',
    kind: 'CassandraTask',
    metadata: { name: 'restart', namespace },
    spec: {
      datacenter: { name: ring.datacenter, namespace },
      jobs: [{ name: 'restart', command: 'restart' }],
    },
  };
  await cluster.kubectl(
    ['create', '--validate=strict', '-f', '-'],
    JSON.stringify(task),
  );
  await cluster.kubectl([
    ...['wait', 'cassandratask/restart', '-n', namespace],
    ...['--for=condition=Complete', '--timeout=180s'],
  ]);
}
