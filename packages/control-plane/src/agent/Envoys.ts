import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  startEnvoyGateway,
  type EnvoyGateway,
  type Gateway,
  type GatewayListener,
  type GatewayOptions,
  type GatewayUpstream,
  type Log,
} from '@ringfence/data-plane';
import type { MeshTelemetry } from '@ringfence/sandbox/controllers';

/** How often Envoy's counters become telemetry. */
const COUNT_EVERY_MS = 500;

/** Envoy's admin socket is in the folder, and the path of a socket has at most 107 bytes. */
const shortened = (name: string) =>
  createHash('sha256').update(name).digest('hex').slice(0, 12);

export interface EnvoysOptions {
  readonly binary: string;
  readonly directory: string;
  readonly logDir: string;
  readonly telemetry: MeshTelemetry;
  readonly log: Log;
}

/** One Envoy for a Gateway; stays the same through crashes. */
class EnvoyProxy implements Gateway {
  #envoy?: EnvoyGateway;
  #listeners: readonly GatewayListener[];
  #upstreams: readonly GatewayUpstream[];
  /** Opened and open connections by upstream, as last counted. */
  #counted = new Map<string, { opened: number; active: number }>();
  /** One after another: Envoy's files are written in the order of the changes. */
  #work: Promise<unknown> = Promise.resolve();
  #timer?: NodeJS.Timeout;

  constructor(
    private readonly options: GatewayOptions,
    private readonly envoys: EnvoysOptions,
  ) {
    this.#listeners = options.listeners;
    this.#upstreams = options.upstreams;
  }

  get #name(): string {
    const { namespace, workload } = this.options.identity;
    return `${namespace}.${workload}`;
  }

  get address(): string {
    return this.options.address;
  }

  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#listeners.map(({ name, port }) => [name, port]),
    );
  }

  get openConnections(): number {
    return [...this.#counted.values()].reduce((sum, it) => sum + it.active, 0);
  }

  async start(): Promise<void> {
    const { binary, directory, logDir } = this.envoys;
    const name = this.#name;
    this.#counted = new Map();
    this.#envoy = await startEnvoyGateway({
      binary,
      directory: join(directory, shortened(name)),
      logFile: join(logDir, `envoy-${name}.log`),
      address: this.address,
      listeners: this.#listeners,
      upstreams: this.#upstreams,
    });
    this.#timer ??= setInterval(() => void this.#count(), COUNT_EVERY_MS);
  }

  setCertificate(): void {
    throw new Error('Certificates come with the listeners');
  }

  async setListeners(listeners: readonly GatewayListener[]): Promise<void> {
    this.#listeners = listeners;
    await this.#then(envoy => envoy.setListeners(listeners));
  }

  setUpstreams(upstreams: readonly GatewayUpstream[]): void {
    if (JSON.stringify(upstreams) === JSON.stringify(this.#upstreams)) return;
    this.#upstreams = upstreams;
    this.#then(envoy => envoy.setUpstreams(upstreams)).catch(error => {
      this.envoys.log.error(
        `Envoy of "${this.#name}" was not told of its pods: ${error.message}`,
      );
    });
  }

  async kill(): Promise<void> {
    await this.#envoy?.kill();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#count();
    await this.#envoy?.stop();
  }

  #then(work: (envoy: EnvoyGateway) => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      if (this.#envoy?.isRunning) await work(this.#envoy);
    });
    this.#work = done.catch(() => {});
    return done;
  }

  /** What Envoy has counted since the last time. */
  async #count(): Promise<void> {
    if (!this.#envoy?.isRunning) return;
    const counts = await this.#envoy.upstreams().catch(() => []);
    for (const { address, port, opened, active } of counts) {
      const key = `${address}:${port}`;
      const before = this.#counted.get(key) ?? { opened: 0, active: 0 };
      this.#counted.set(key, { opened, active });
      const destination = this.#upstreams.find(
        it => it.address === address && it.port === port,
      );
      if (!destination) continue;
      const isNew = opened - before.opened;
      const closed = isNew - (active - before.active);
      if (isNew === 0 && closed === 0) continue;
      this.envoys.telemetry.ofAddress(address).record(
        {
          source: this.options.identity,
          destination,
          destinationService: destination.destinationService,
          securityPolicy:
            destination.securityPolicy ??
            this.options.securityPolicy ??
            'mutual_tls',
          // A gateway is no part of ambient: no ztunnel stands at its side.
          reporters: ['destination'],
        },
        { opened: isNew, closed },
      );
    }
  }
}

/** The Envoys of all Gateways, by `<namespace>/<Deployment>`. */
export class Envoys {
  readonly #proxies = new Map<string, EnvoyProxy>();

  constructor(private readonly options: EnvoysOptions) {}

  /** Takes the place of the data plane's own gateway. */
  readonly startGateway = async (options: GatewayOptions): Promise<Gateway> => {
    const { namespace, workload } = options.identity;
    const proxy = new EnvoyProxy(options, this.options);
    await proxy.start();
    this.#proxies.set(`${namespace}/${workload}`, proxy);
    return proxy;
  };

  /** SIGKILL; stays down until {@link start}. @param gateway - `<namespace>/<Gateway>` */
  async kill(gateway: string): Promise<void> {
    await this.#get(gateway).kill();
  }

  /** Starts it again as it is wanted by now. */
  async start(gateway: string): Promise<void> {
    await this.#get(gateway).start();
  }

  #get(gateway: string): EnvoyProxy {
    const proxy = this.#proxies.get(`${gateway}-istio`);
    if (!proxy) throw new Error(`Gateway "${gateway}" has no Envoy`);
    return proxy;
  }
}
