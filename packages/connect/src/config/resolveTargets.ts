import type { Endpoint } from '@ringfence/connection';
import { targetOf, type DialTarget } from '@ringfence/connection/dial';
import { readOwn, requireCurrent, type Bundle } from '../bundle';
import { ConnectError } from '../ConnectError';

/** What a flag or an environment variable puts in the place of the bundle's words. */
export interface Overrides {
  readonly gatewayHost?: string;
  readonly gatewayPort?: number;
  /** Path of a PEM file to trust instead of the bundle's CA. */
  readonly caFile?: string;
}

/**
 * Where the gateway may be found, best first. The name to verify is always
 * the bundle's: what is dialled may change, who must answer may not.
 *
 * @param environment - `KUBERNETES_SERVICE_HOST` tells a pod from other places
 * @throws ConnectError where the CA file cannot be read, or the client's certificate has expired
 */
export async function resolveTargets(
  bundle: Pick<Bundle, 'connection' | 'caPem' | 'clientCertificate'>,
  overrides: Overrides,
  environment: NodeJS.ProcessEnv,
): Promise<DialTarget[]> {
  requireCurrent(bundle);
  const caPem = overrides.caFile
    ? await readCaFile(overrides.caFile)
    : bundle.caPem;
  const inCluster = Boolean(environment.KUBERNETES_SERVICE_HOST);
  const endpoints = preferred(bundle.connection.endpoints, inCluster);
  const chosen = overrides.gatewayHost ? endpoints.slice(0, 1) : endpoints;
  return chosen.map(endpoint =>
    targetOf(
      bundle.connection,
      {
        ...endpoint,
        host: overrides.gatewayHost ?? endpoint.host,
        port: overrides.gatewayPort ?? endpoint.port,
      },
      caPem,
      bundle.clientCertificate,
    ),
  );
}

/** In a pod the in-cluster endpoints first, elsewhere the external ones; in their own order otherwise. */
function preferred(
  endpoints: readonly Endpoint[],
  inCluster: boolean,
): Endpoint[] {
  const scope = inCluster ? 'in-cluster' : 'external';
  return [
    ...endpoints.filter(endpoint => endpoint.scope === scope),
    ...endpoints.filter(endpoint => endpoint.scope !== scope),
  ];
}

async function readCaFile(path: string): Promise<string> {
  try {
    const role = { name: `CA file "${path}"`, reason: 'Usage' as const };
    return (await readOwn(path, role)).toString('utf8');
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    throw new ConnectError(
      'Usage',
      `CA file "${path}" cannot be read (${
        (error as NodeJS.ErrnoException).code
      })`,
      'Give the path of a CA certificate in PEM with --ca-file or CA_FILE, or leave it out to trust the CA of the bundle',
      error,
    );
  }
}
