import type { Overrides } from '../config';
import { createPeersRewriter } from '../cql';
import { openGateways, type OpenedGateways } from '../gateways';
import { startProxy, type Proxy } from '../proxy';
import { startStatusServer, type StatusServer } from '../status';
import type { CliDeps } from './CliDeps';
import { firstHandshake, type FirstHandshake } from './firstHandshake';

/** What a command that listens was asked for. */
export interface ProxySettings extends Overrides {
  readonly localPort: number;
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
  const { gateways } = opened;
  const shown = await firstHandshake(gateways);
  const proxy = await startProxy(
    {
      localPort: settings.localPort,
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

async function startStatus(port: number | undefined, proxy: Proxy) {
  if (port === undefined) return undefined;
  try {
    return await startStatusServer(port, proxy);
  } catch (error) {
    proxy.destroy();
    throw error;
  }
}
