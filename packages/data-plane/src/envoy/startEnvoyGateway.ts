import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  GatewayListener,
  GatewayUpstream,
  TlsIdentity,
} from '../gateway/types';
import {
  bootstrap,
  certificateDir,
  clientCaFile,
  clientCaName,
  clustersFile,
  endpointsFile,
  endpointsPath,
  envoyFiles,
  groupsOf,
  listenersFile,
  secretFile,
  type EnvoyFiles,
} from './configuration';

const READY_TIMEOUT_MS = 20_000;
const EVERY_MS = 50;

export interface EnvoyGatewayOptions {
  /** Envoy's binary; see `findEnvoy`. */
  readonly binary: string;
  /** Folder of its own, for configuration, certificates and admin socket. */
  readonly directory: string;
  readonly logFile: string;
  readonly address: string;
  readonly listeners: readonly GatewayListener[];
  readonly upstreams: readonly GatewayUpstream[];
}

/** What an Envoy did with one upstream. */
export interface EnvoyUpstream {
  readonly address: string;
  readonly port: number;
  /** Connections since Envoy started. */
  readonly opened: number;
  /** Connections that are open now. */
  readonly active: number;
}

/** A gateway that is a real Envoy, configured by files that it watches. */
export interface EnvoyGateway {
  /** New handshakes get this certificate once Envoy has read it; open connections stay. */
  setCertificate(listener: string, identity: TlsIdentity): Promise<void>;
  setListeners(listeners: readonly GatewayListener[]): Promise<void>;
  setUpstreams(upstreams: readonly GatewayUpstream[]): Promise<void>;
  /** Envoy's own counters, by name. */
  stats(): Promise<Readonly<Record<string, number>>>;
  /** Connections to each upstream, as Envoy counts them since its start. */
  upstreams(): Promise<readonly EnvoyUpstream[]>;
  readonly isRunning: boolean;
  /** SIGKILL, as in a crash. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Written beside and renamed: Envoy never reads half a file. */
async function replaceFile(path: string, content: unknown): Promise<void> {
  const partial = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(partial, JSON.stringify(content));
  await rename(partial, path);
}

class RunningEnvoy implements EnvoyGateway {
  #wanted: Wanted;

  private constructor(
    private readonly options: EnvoyGatewayOptions,
    private readonly files: EnvoyFiles,
    private readonly child: ChildProcess,
  ) {
    const { listeners, upstreams } = options;
    this.#wanted = { listeners, upstreams };
  }

  static async start(options: EnvoyGatewayOptions): Promise<RunningEnvoy> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const files = envoyFiles(options.directory);
    await replaceFile(files.bootstrap, bootstrap(files));
    await writeClusters(files, options);
    await writeListeners(files, options.address, options.listeners);
    const log = createWriteStream(options.logFile, { flags: 'a' });
    const child = spawn(
      options.binary,
      [
        ...['--config-path', files.bootstrap, '--log-level', 'warning'],
        ...['--concurrency', '1', '--disable-hot-restart'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('close', () => log.end());
    const envoy = new RunningEnvoy(options, files, child);
    await envoy.#ready();
    return envoy;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async setCertificate(name: string, identity: TlsIdentity): Promise<void> {
    await writeCertificate(this.files, name, identity);
  }

  async setListeners(listeners: readonly GatewayListener[]): Promise<void> {
    this.#wanted = { ...this.#wanted, listeners };
    await writeClusters(this.files, this.#wanted);
    await writeListeners(this.files, this.options.address, listeners);
  }

  async setUpstreams(upstreams: readonly GatewayUpstream[]): Promise<void> {
    this.#wanted = { ...this.#wanted, upstreams };
    await writeEndpoints(this.files, this.#wanted);
  }

  async stats(): Promise<Readonly<Record<string, number>>> {
    const { stats } = JSON.parse(await this.#admin('/stats?format=json'));
    return Object.fromEntries(
      stats
        .filter((stat: { value?: number }) => typeof stat.value === 'number')
        .map((stat: { name: string; value: number }) => [
          stat.name,
          stat.value,
        ]),
    );
  }

  async upstreams(): Promise<readonly EnvoyUpstream[]> {
    const { cluster_statuses: clusters = [] } = JSON.parse(
      await this.#admin('/clusters?format=json'),
    );
    const hosts: any[] = clusters.flatMap(
      (cluster: any) => cluster.host_statuses ?? [],
    );
    return added(hosts.map(countsOf));
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!this.isRunning) break;
      const answer = await this.#admin('/ready').catch(() => '');
      if (answer.startsWith('LIVE')) return;
      await delay(EVERY_MS);
    }
    await this.kill();
    throw new Error(
      `Envoy at ${this.options.address} is not ready. Its log: ${this.options.logFile}`,
    );
  }

  #admin(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { socketPath: this.files.adminSocket, path },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', chunk => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks).toString()));
          response.on('error', reject);
        },
      );
      asked.on('error', reject).end();
    });
  }
}

type Wanted = Pick<EnvoyGatewayOptions, 'listeners' | 'upstreams'>;

/** Before the listeners that refer to them, and after their own endpoints: Envoy reads what it is told of at once. */
async function writeClusters(files: EnvoyFiles, wanted: Wanted) {
  await writeEndpoints(files, wanted);
  await replaceFile(files.clusters, clustersFile(files, wanted.listeners));
}

async function writeEndpoints(
  files: EnvoyFiles,
  { listeners, upstreams }: Wanted,
): Promise<void> {
  for (const group of groupsOf(listeners)) {
    await replaceFile(
      endpointsPath(files, group),
      endpointsFile(upstreams, group),
    );
  }
}

/** What Envoy says of one host of a cluster. */
function countsOf({ address, stats = [] }: any): EnvoyUpstream {
  const count = (name: string) =>
    Number(stats.find((stat: any) => stat.name === name)?.value ?? 0);
  return {
    address: address.socket_address.address,
    port: address.socket_address.port_value,
    opened: count('cx_total'),
    active: count('cx_active'),
  };
}

/** Each address once: a node is in the cluster of all, and in that of its own name. */
function added(hosts: readonly EnvoyUpstream[]): EnvoyUpstream[] {
  const sums = new Map<string, EnvoyUpstream>();
  for (const host of hosts) {
    const key = `${host.address}:${host.port}`;
    const { opened = 0, active = 0 } = sums.get(key) ?? {};
    sums.set(key, {
      ...host,
      opened: opened + host.opened,
      active: active + host.active,
    });
  }
  return [...sums.values()];
}

async function writeCertificate(
  files: EnvoyFiles,
  listener: string,
  { certificatePem, keyPem }: TlsIdentity,
): Promise<void> {
  await replaceFolder(certificateDir(files, listener), {
    'tls.crt': certificatePem,
    'tls.key': keyPem,
  });
}

/** Writes a new version beside the old one and moves the link to it. */
async function replaceFolder(
  dir: string,
  contents: Readonly<Record<string, string>>,
): Promise<void> {
  const version = `v-${randomBytes(6).toString('hex')}`;
  await mkdir(join(dir, version), { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(dir, version, name), content, { mode: 0o600 });
  }
  // The rename of the link is what Envoy sees: certificate and key change as one.
  const link = join(dir, `.${version}`);
  await symlink(version, link);
  await rename(link, join(dir, 'current'));
}

async function writeListeners(
  files: EnvoyFiles,
  address: string,
  listeners: readonly GatewayListener[],
): Promise<void> {
  for (const { name, tls, clients } of listeners) {
    if (!tls) continue;
    await writeCertificate(files, name, tls);
    const { path, content } = secretFile(files, name);
    await replaceFile(path, content);
    if (!clients) continue;
    const caDir = certificateDir(files, clientCaName(name));
    await replaceFolder(caDir, { 'ca.crt': clients.caPem });
    const ca = clientCaFile(files, name);
    await replaceFile(ca.path, ca.content);
  }
  await replaceFile(files.listeners, listenersFile(files, address, listeners));
}

/**
 * Starts an Envoy; resolves once it listens.
 *
 * @throws where it is not ready in time, with the file of its log
 */
export function startEnvoyGateway(
  options: EnvoyGatewayOptions,
): Promise<EnvoyGateway> {
  return RunningEnvoy.start(options);
}
