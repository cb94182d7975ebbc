import https from 'node:https';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ApiServerSettings } from '../config/settings';
import { tokenFileAuthenticator, tokenFileProvider } from './tokenFile';

/** Read again no less often: service accounts, certificates and CAs are rotated. */
const MAX_AGE_MS = 60_000;
/** As long as other requests get. */
const WEB_SOCKET_TIMEOUT_MS = 30_000;
const IN_CLUSTER_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

type ClientNode = typeof import('@kubernetes/client-node');

let clientNode: Promise<ClientNode> | undefined;

/** Loaded late, since it is an ECMAScript module alone, and once. */
export function loadClientNode(): Promise<ClientNode> {
  clientNode ??= import('@kubernetes/client-node').catch(error => {
    clientNode = undefined;
    throw error;
  });
  return clientNode;
}

/**
 * Gives the client's configuration, fresh: files are read again after a
 * minute, token files at each use.
 */
export class KubeConfigSource {
  readonly #name: string;
  readonly #settings: ApiServerSettings;
  #loaded?: { readonly config: Promise<KubeConfig>; readonly atMs: number };

  constructor(name: string, settings: ApiServerSettings) {
    this.#name = name;
    this.#settings = settings;
  }

  /** @throws InputError or ServiceUnavailableError where it cannot be read or used */
  async get(): Promise<KubeConfig> {
    const now = Date.now();
    if (!this.#loaded || now - this.#loaded.atMs > MAX_AGE_MS) {
      this.#loaded = { config: this.#load(), atMs: now };
    }
    try {
      return await this.#loaded.config;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }

  async #load(): Promise<KubeConfig> {
    const { KubeConfig } = await loadClientNode();
    const config = new KubeConfig();
    config.addAuthenticator(tokenFileAuthenticator);
    fill(config, this.#name, this.#settings);
    this.#requireUsable(config);
    completeOptions(config);
    return config;
  }

  #requireUsable(config: KubeConfig): void {
    const cluster = config.getCurrentCluster();
    const place = `Kubernetes cluster "${this.#name}"`;
    if (!cluster) {
      throw new InputError(
        `${place} cannot be used: its kubeconfig has no context "${config.getCurrentContext()}"`,
      );
    }
    if (cluster.skipTLSVerify) {
      throw new InputError(
        `${place} cannot be used: its kubeconfig sets insecure-skip-tls-verify, and Ringfence always verifies whom it talks to. Give the CA with certificate-authority-data instead`,
      );
    }
    if (!cluster.server.startsWith('https://')) {
      throw new InputError(
        `${place} cannot be used: its server is not an https URL`,
      );
    }
  }
}

function fill(
  config: KubeConfig,
  name: string,
  settings: ApiServerSettings,
): void {
  switch (settings.from) {
    case 'kubeconfig':
      loadFile(config, name, settings.file);
      if (settings.context) config.setCurrentContext(settings.context);
      break;
    case 'inCluster':
      if (!process.env.KUBERNETES_SERVICE_HOST) {
        throw new InputError(
          `Kubernetes cluster "${name}" cannot be used: inCluster is set, but the portal does not run in a pod`,
        );
      }
      config.loadFromCluster();
      config.loadFromClusterAndUser(config.getCurrentCluster()!, {
        name: 'ringfence',
        authProvider: tokenFileProvider(IN_CLUSTER_TOKEN),
      });
      break;
    default:
      loadUrl(config, settings);
  }
}

function loadFile(config: KubeConfig, name: string, file: string): void {
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new ServiceUnavailableError(
      `Kubernetes cluster "${name}" cannot be used: kubeconfig "${file}" cannot be read: ${
        (error as Error).message
      }`,
    );
  }
}

function loadUrl(
  config: KubeConfig,
  settings: Extract<ApiServerSettings, { from: 'url' }>,
): void {
  const { url, caData, caFile, credentials } = settings;
  config.loadFromClusterAndUser(
    {
      name: 'ringfence',
      server: url.replace(/\/+$/, ''),
      caData,
      caFile,
      skipTLSVerify: false,
    },
    'tokenFile' in credentials
      ? {
          name: 'ringfence',
          authProvider: tokenFileProvider(credentials.tokenFile),
        }
      : { name: 'ringfence', token: credentials.token() },
  );
}

/**
 * Gives up on a WebSocket that is never opened, which the client would wait
 * for without end. Verifies even where NODE_TLS_REJECT_UNAUTHORIZED says otherwise, and lets
 * connections be used again, which the client's agents do not.
 */
function completeOptions(config: KubeConfig): void {
  const apply = config.applyToHTTPSOptions.bind(config);
  config.applyToHTTPSOptions = async options => {
    const requestOptions = options as https.RequestOptions;
    requestOptions.rejectUnauthorized = true;
    await apply(options);
    Object.assign(requestOptions, { handshakeTimeout: WEB_SOCKET_TIMEOUT_MS });
    Object.assign(requestOptions.agent!, { keepAlive: true });
  };
}
