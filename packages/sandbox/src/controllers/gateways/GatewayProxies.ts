import type {
  Gateway,
  GatewayListener,
  GatewayUpstream,
  MeshWorkload,
  Telemetry,
} from '@ringfence/data-plane';
import type { DataPlane } from '../../runtime/DataPlane';
import type { ControllerContext } from '../context';

/** What a Gateway's proxy is to do. */
export interface WantedProxy {
  readonly address: string;
  readonly identity: MeshWorkload;
  readonly listeners: readonly GatewayListener[];
  readonly upstreams: readonly GatewayUpstream[];
  /** Goes on to the upstreams under mutual TLS. */
  readonly inMesh: boolean;
}

interface RunningProxy {
  readonly gateway: Gateway;
  readonly inMesh: boolean;
  listeners: string;
}

/** The real proxies behind Gateways, by `<namespace>/<name>`. */
export class GatewayProxies {
  readonly #context: ControllerContext & {
    dataPlane: DataPlane;
    telemetry: Telemetry;
  };
  readonly #running = new Map<string, RunningProxy>();

  constructor(
    context: ControllerContext & { dataPlane: DataPlane; telemetry: Telemetry },
  ) {
    this.#context = context;
  }

  /** Brings a proxy to what is wanted; one without listeners does not run. */
  async update(key: string, wanted: WantedProxy): Promise<void> {
    const running = this.#running.get(key);
    const listeners = JSON.stringify(wanted.listeners);
    if (
      running &&
      (wanted.listeners.length === 0 || running.inMesh !== wanted.inMesh)
    ) {
      await this.remove(key);
      return this.update(key, wanted);
    }
    if (!running) {
      if (wanted.listeners.length > 0)
        await this.#start(key, wanted, listeners);
      return undefined;
    }
    running.gateway.setUpstreams(wanted.upstreams);
    if (running.listeners === listeners) return undefined;
    await running.gateway.setListeners(wanted.listeners);
    running.listeners = listeners;
    return undefined;
  }

  async remove(key: string): Promise<void> {
    const running = this.#running.get(key);
    this.#running.delete(key);
    await running?.gateway.stop();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map(key => this.remove(key)));
  }

  async #start(key: string, wanted: WantedProxy, listeners: string) {
    const { inMesh, ...options } = wanted;
    const { dataPlane, telemetry, log } = this.#context;
    const gateway = await dataPlane.startGateway({
      ...options,
      securityPolicy: inMesh ? 'mutual_tls' : 'unknown',
      telemetry,
      log,
    });
    this.#running.set(key, { gateway, inMesh, listeners });
  }
}
