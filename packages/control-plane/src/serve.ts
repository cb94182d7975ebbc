import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
/* eslint-disable @backstage/no-relative-monorepo-imports -- the repository's own scripts are no package */
import { stopChildrenOnSignals } from '../../../scripts/lib/children.mjs';
import { runMain, step } from '../../../scripts/lib/output.mjs';
import {
  onKubernetesCluster,
  startPortal,
} from '../../../scripts/lib/portal.mjs';
import { socketPath, startRelay } from '../../../scripts/lib/relay.mjs';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { createAccount } from './account';
import { buildBinaries } from './build';
import { startCluster, type Cluster } from './startCluster';

/** What it is told by `npm start -- --control-plane`, from outside of the namespace. */
interface Arguments {
  /** For everything that this run stores, and for the sockets that lead out. */
  readonly directory: string;
  readonly logFile: string;
  /** The same numbers inside and outside, since the portal's pages name them. */
  readonly ports: { readonly app: number; readonly backend: number };
  /** Outside; inside, the API server has its own. */
  readonly apiServerPort: number;
  readonly verbose: boolean;
}

/** A kubeconfig with all rights, for whoever started this. */
async function writeKubeconfig(
  cluster: Cluster,
  { directory, apiServerPort }: Arguments,
): Promise<string> {
  const file = join(directory, 'kubeconfig');
  const config = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'));
  config.clusters[0].cluster.server = `https://127.0.0.1:${apiServerPort}`;
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** The portal on the control plane, with exactly the rights of `deploy/`. */
async function startPortalOn(cluster: Cluster, args: Arguments) {
  const { kubeconfig } = await createAccount(cluster);
  const { configFiles, env } = onKubernetesCluster({
    kubeconfig,
    context: cluster.context,
  });
  const database = join(args.directory, 'database');
  const workspace = join(args.directory, 'workspace');
  await mkdir(database);
  await mkdir(workspace);
  return startPortal({
    env: { ...process.env, ...env, NODE_ENV: 'development' },
    ports: args.ports,
    configFiles,
    config: {
      'backend.database.connection.directory': database,
      'backend.workingDirectory': workspace,
    },
    logFile: args.logFile,
    onLine: args.verbose
      ? (line: string) => process.stdout.write(`${line}\n`)
      : undefined,
  });
}

/** What listens in here, by the name of the socket that leads to it. */
async function leadOut(cluster: Cluster, { directory, ports }: Arguments) {
  const listening = {
    app: ports.app,
    backend: ports.backend,
    apiServer: Number(new URL(cluster.server).port),
  };
  for (const [name, port] of Object.entries(listening)) {
    const path = socketPath(directory, name);
    await startRelay({ path }, { host: 'localhost', port });
  }
}

async function serve(): Promise<void> {
  const args: Arguments = JSON.parse(process.argv[2]);
  // Whatever else runs here ends with this process, the first of its namespace.
  stopChildrenOnSignals();
  process.on('disconnect', () => process.exit(1));
  const log = (line: string) => process.stdout.write(`${line}\n`);
  const cluster = await step('Starting the control plane', () =>
    startCluster({ log }),
  );
  const portal = await step('Starting the portal', () =>
    startPortalOn(cluster, args),
  );
  await leadOut(cluster, args);
  process.send!({
    kubeconfig: await writeKubeconfig(cluster, args),
    kubectl: (await buildBinaries(log)).kubectl,
    logDir: cluster.logDir,
  });
  await once(portal.child, 'exit');
  process.exit(1);
}

runMain(serve);
