import { X509Certificate } from 'node:crypto';
import type { Connection } from '@ringfence/connection';
import { splitPem, type DialTarget } from '@ringfence/connection/dial';
import { readBundle, watchFiles, type Bundle } from '../bundle';
import { resolveTargets, type Overrides } from '../config';
import { ConnectError } from '../ConnectError';
import { Gateways } from './Gateways';

/** The gateways of a bundle on disk. */
export interface OpenedGateways {
  readonly bundle: Bundle;
  readonly gateways: Gateways;
  /**
   * From now on takes what replaces the bundle's files for new connections;
   * files that do not fit leave what was there.
   *
   * @param everyMs - how often to look. @default 2000
   * @returns what ends it
   */
  follow(log: (line: string) => void, everyMs?: number): () => void;
}

/**
 * Reads a bundle and finds out where its gateway may be.
 *
 * @throws ConnectError with what to do
 */
export async function openGateways(
  source: string,
  overrides: Overrides,
  environment: NodeJS.ProcessEnv,
): Promise<OpenedGateways> {
  const bundle = await readBundle(source);
  const gateways = new Gateways(
    await resolveTargets(bundle, overrides, environment),
  );
  const readAgain = async () => {
    const latest = await readBundle(source);
    requireSame(bundle.connection, latest.connection, source);
    const targets = await resolveTargets(latest, overrides, environment);
    requireUnexpired(targets, source);
    gateways.replace(targets);
  };
  const { caFile } = overrides;
  const paths = caFile ? [...bundle.paths, caFile] : bundle.paths;
  const follow: OpenedGateways['follow'] = (log, everyMs) => {
    const onChange = oneAtATime(() =>
      readAgain().then(
        () => log(`Bundle "${source}" was replaced: new connections use it`),
        error => log(keptText(source, error)),
      ),
    );
    return watchFiles(paths, onChange, everyMs);
  };
  return { bundle, gateways, follow };
}

/** Runs once more where it is asked for while it runs, so that the last state is the one that counts. */
function oneAtATime(run: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const start = async () => {
    running = true;
    do {
      again = false;
      await run();
    } while (again);
    running = false;
  };
  return () => {
    again = true;
    if (!running) void start();
  };
}

/** Clients of one database must not find themselves at another. */
function requireSame(
  { database: before }: Connection,
  { database: after }: Connection,
  source: string,
): void {
  if (
    before.kubernetesCluster === after.kubernetesCluster &&
    before.namespace === after.namespace
  ) {
    return;
  }
  throw new ConnectError(
    'Bundle',
    `Bundle "${source}" is for database ${nameOf(after)}, not for ${nameOf(
      before,
    )}`,
    'Put the bundle of that database back, or start ringfence-connect anew for the other',
  );
}

function nameOf({ kubernetesCluster, namespace }: Connection['database']) {
  return `"${kubernetesCluster}/${namespace}"`;
}

/** With nothing else to trust, no gateway can verify any more. */
function requireUnexpired(
  [{ caPem }]: readonly DialTarget[],
  source: string,
): void {
  const dates = splitPem(caPem).map(pem =>
    Date.parse(new X509Certificate(pem).validTo),
  );
  const last = Math.max(...dates);
  if (last > Date.now()) return;
  throw new ConnectError(
    'Bundle',
    `The CA of bundle "${source}" expired on ${new Date(last).toISOString()}`,
    'Download a new bundle',
  );
}

function keptText(source: string, error: unknown): string {
  const why =
    error instanceof ConnectError ? `${error.message}. ${error.remedy}` : error;
  return `Bundle "${source}" was replaced and cannot be used, the last one stays: ${why}`;
}
