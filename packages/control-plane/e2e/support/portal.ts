import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { ROOT } from '../../src/root';
import { loadPortalScript, PortalApi } from './scripts';

/** As the portal names the Kubernetes cluster of a kubeconfig of ours. */
export const KUBERNETES_CLUSTER = 'control-plane';
export const TEMPLATE = 'template:default/ringfence-scylladb-ambient';
const TEMPLATE_WITHIN_MS = 60_000;

/** What {@link startTestPortal} needs. */
export interface TestPortalOptions {
  /** Whose rights the portal has. */
  readonly kubeconfig: string;
  /** Below the system's for temporary files; for its databases and its workspace. */
  readonly directory: string;
  /** Overrides, by dotted key. */
  readonly config?: Record<string, unknown>;
  /** Where it publishes its metrics on 127.0.0.1. @default nowhere */
  readonly metricsPort?: number;
  /** @default 'info' */
  readonly logLevel?: 'info' | 'debug';
}

/** The real portal, without its frontend. */
export interface TestPortal {
  /** Of the group that owns databases, and an administrator. */
  readonly ada: PortalApi;
  /** Of neither. */
  readonly ben: PortalApi;
  readonly backendUrl: string;
  readonly logFile: string;
  readonly databaseDir: string;
  readonly workspaceDir: string;
  /** The portal's first process. */
  readonly pid: number;
  /** SIGKILL. A portal started again with the same directory goes on from its databases. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The environment without what is jest's own. */
function portalEnvironment({
  kubeconfig,
  logLevel = 'info',
  metricsPort,
}: TestPortalOptions): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, JEST_WORKER_ID, ...env } = process.env;
  return {
    ...env,
    NODE_ENV: 'development',
    LOG_LEVEL: logLevel,
    RINGFENCE_KUBECONFIG: kubeconfig,
    RINGFENCE_CONTEXT: KUBERNETES_CLUSTER,
    ...(metricsPort && {
      OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort),
    }),
  };
}

/** Kept after the run; of this run alone, as the directory is. */
function logFileOf({ directory }: TestPortalOptions): string {
  const name = relative(tmpdir(), directory).replaceAll(sep, '-');
  return join(ROOT, 'test-results', `portal-${name}.log`);
}

/**
 * Starts the portal on a Kubernetes cluster and signs two people in.
 *
 * @throws where it is not ready in time, naming its log
 */
export async function startTestPortal(
  options: TestPortalOptions,
): Promise<TestPortal> {
  const { startPortal } = await loadPortalScript();
  const databaseDir = join(options.directory, 'database');
  const workspaceDir = join(options.directory, 'workspace');
  await mkdir(databaseDir, { recursive: true });
  await mkdir(workspaceDir, { recursive: true });
  const portal = await startPortal({
    env: portalEnvironment(options),
    frontend: false,
    logFile: logFileOf(options),
    configFiles: ['app-config.kubeconfig.yaml'],
    config: {
      'backend.database.connection.directory': databaseDir,
      'backend.workingDirectory': workspaceDir,
      ...options.config,
    },
  });
  const ada = await PortalApi.signIn(portal.backendUrl, 'ada');
  const ben = await PortalApi.signIn(portal.backendUrl, 'ben');
  await ada.waitForEntity(TEMPLATE, TEMPLATE_WITHIN_MS);
  return {
    ada,
    ben,
    backendUrl: portal.backendUrl,
    logFile: portal.logFile,
    databaseDir,
    workspaceDir,
    pid: portal.child.pid!,
    async kill() {
      const ended = once(portal.child, 'exit');
      portal.child.kill('SIGKILL');
      await ended;
    },
    stop: portal.stop,
  };
}
