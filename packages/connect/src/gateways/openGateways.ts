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
    gateways.replace(await resolveTargets(latest, overrides, environment));
  };
  const { caFile } = overrides;
  const paths = caFile ? [...bundle.paths, caFile] : bundle.paths;
  const follow: OpenedGateways['follow'] = (log, everyMs) => {
    const onChange = () => {
      readAgain().then(
        () => log(`Bundle "${source}" was replaced: new connections use it`),
        error => log(keptText(source, error)),
      );
    };
    return watchFiles(paths, onChange, everyMs);
  };
  return { bundle, gateways, follow };
}

function keptText(source: string, error: unknown): string {
  const why =
    error instanceof ConnectError ? `${error.message}. ${error.remedy}` : error;
  return `Bundle "${source}" was replaced and cannot be used, the last one stays: ${why}`;
}
