import type { Connection } from '@ringfence/connection';
import { defaultLocalPort, type Overrides } from '../config';
import { ConnectError } from '../ConnectError';
import { createPeersRewriter } from '../cql';
import { openGateways, type OpenedGateways } from '../gateways';
import { startProxy, type Proxy } from '../proxy';
import { startStatusServer, type StatusServer } from '../status';
import type { CliDeps } from './CliDeps';
import { firstHandshake, type FirstHandshake } from './firstHandshake';

/** What a command that listens was asked for. */
export interface ProxySettings extends Overrides {
  /** Absent: the protocol's own. */
  readonly localPort?: number;
  readonly maxConnections: number;
  readonly statusPort?: number;
  readonly rewritePeers?: boolean;
}

/** A proxy that listens, and what was seen before it did. */
export interface OpenedProxy extends OpenedGateways {
  readonly proxy: Proxy;
  readonly status?: StatusServer;
  readonly shown: FirstHandshake;
  /** Ends what goes on beside the proxy. */
  release(): void;
}

/**
 * Reads the bundle, verifies the gateway, then listens. The bundle's files may
 * be replaced while it runs.
 *
 * @throws ConnectError with what to do
 */
export async function openProxy(
  source: string,
  settings: ProxySettings,
  deps: Pick<CliDeps, 'printError' | 'environment'>,
): Promise<OpenedProxy> {
  const opened = await openGateways(source, settings, deps.environment);
  const { gateways, bundle } = opened;
  const { connection } = bundle;
  if (settings.rewritePeers) requireCql(connection);
  const shown = await firstHandshake(gateways);
  const proxy = await startProxy(
    {
      localPort: settings.localPort ?? defaultLocalPort(connection),
      gateways,
      maxConnections: settings.maxConnections,
      ...(settings.rewritePeers && { rewrite: createPeersRewriter() }),
    },
    { log: deps.printError },
  );
  const status = await startStatus(settings.statusPort, proxy);
  const unfollow = opened.follow(deps.printError);
  return {
    ...opened,
    proxy,
    status,
    shown,
    release() {
      unfollow();
      status?.close();
    },
  };
}

/** Clients of other protocols are told by their settings not to look for nodes. */
function requireCql({ database, protocol }: Connection): void {
  if (protocol === 'cql') return;
  throw new ConnectError(
    'Usage',
    `--rewrite-peers is of CQL, which database "${database.name}" does not speak`,
    'Leave it out; the files of the bundle have clients dial nothing but this proxy',
  );
}

async function startStatus(port: number | undefined, proxy: Proxy) {
  if (port === undefined) return undefined;
  try {
    return await startStatusServer(port, proxy);
  } catch (error) {
    proxy.destroy();
    throw error;
  }
}
