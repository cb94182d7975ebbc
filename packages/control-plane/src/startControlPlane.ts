import { randomBytes, generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBinaries, type Binary } from './build';
import { Component } from './component';
import { installCrds } from './crds';
import { kubectl, type Kubectl } from './kubectl';
import { startFakeNodes } from './nodes';
import { until } from './until';

/** Ports in the network namespace of its own, where nothing else listens. */
const PORTS = { etcd: 2379, etcdPeer: 2380, apiServer: 6443 } as const;
const ADMIN_USER = 'control-plane-admin';
const READY_TIMEOUT_MS = 60_000;

/** What {@link startControlPlane} may be told. */
export interface ControlPlaneOptions {
  readonly log: (line: string) => void;
  /** Further arguments of kube-apiserver, such as those of the audit log. */
  readonly apiServerArgs?: readonly string[];
}

/** A running control plane. */
export interface ControlPlane {
  /** A kubeconfig of a member of `system:masters`. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly server: string;
  readonly directory: string;
  /** One file for each component. */
  readonly logDir: string;
  readonly components: Readonly<Record<string, Component>>;
  readonly kubectl: Kubectl;
  /** kubectl as somebody else. */
  kubectlAs(kubeconfig: string): Kubectl;
  /** Waits until the API server answers `/readyz`. */
  ready(): Promise<void>;
  /** Ends every process. Removes what they stored, unless that is wanted to see what went wrong. */
  stop(options?: { readonly keepFiles?: boolean }): Promise<void>;
}

interface Files {
  readonly directory: string;
  readonly logDir: string;
  readonly kubeconfig: string;
  readonly tokens: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly certDir: string;
  readonly commandDir: string;
}

async function writeFiles(): Promise<Files> {
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-control-plane-'));
  const at = (name: string) => join(directory, name);
  const files: Files = {
    directory,
    // Where somebody else keeps them after the run.
    logDir: process.env.CONTROL_PLANE_LOG_DIR ?? at('logs'),
    kubeconfig: at('kubeconfig'),
    tokens: at('tokens.csv'),
    serviceAccountKey: at('sa.key'),
    serviceAccountPublicKey: at('sa.pub'),
    certDir: at('certs'),
    commandDir: at('commands'),
  };
  await mkdir(files.logDir, { recursive: true });
  await writeCommands(files.commandDir);
  const secret = { mode: 0o600 };
  const token = randomBytes(24).toString('hex');
  await writeFile(
    files.tokens,
    `${token},${ADMIN_USER},1,system:masters\n`,
    secret,
  );
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  await writeFile(files.serviceAccountKey, privateKey, secret);
  await writeFile(files.serviceAccountPublicKey, publicKey);
  await writeFile(at('token'), token, secret);
  return files;
}

/** What `exec` runs in a pod: the node agent says in which folder the pod's own are. */
async function writeCommands(dir: string): Promise<void> {
  await mkdir(dir);
  for (const command of ['nodetool', 'getent']) {
    const script = `#!/bin/sh\nexec "$RINGFENCE_POD_DIR/${command}" "$@"\n`;
    await writeFile(join(dir, command), script, { mode: 0o755 });
  }
}

/** Written once the API server has made its serving certificate. */
async function writeKubeconfig(files: Files, server: string): Promise<void> {
  const ca = await readFile(join(files.certDir, 'apiserver.crt'), 'base64');
  const token = await readFile(join(files.directory, 'token'), 'utf8');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'control-plane',
    clusters: [
      {
        name: 'control-plane',
        cluster: { server, 'certificate-authority-data': ca },
      },
    ],
    users: [{ name: ADMIN_USER, user: { token } }],
    contexts: [
      {
        name: 'control-plane',
        context: { cluster: 'control-plane', user: ADMIN_USER },
      },
    ],
  };
  await writeFile(files.kubeconfig, JSON.stringify(config), { mode: 0o600 });
}

function startEtcd(binaries: Record<Binary, string>, files: Files): Component {
  const client = `http://127.0.0.1:${PORTS.etcd}`;
  const peer = `http://127.0.0.1:${PORTS.etcdPeer}`;
  return new Component(
    'etcd',
    binaries.etcd,
    [
      `--data-dir=${join(files.directory, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // Nothing here outlives the run.
      '--unsafe-no-fsync',
    ],
    files.logDir,
  );
}

function startApiServer(
  binaries: Record<Binary, string>,
  files: Files,
  extraArgs: readonly string[],
): Component {
  return new Component(
    'kube-apiserver',
    binaries['kube-apiserver'],
    [
      `--etcd-servers=http://127.0.0.1:${PORTS.etcd}`,
      `--secure-port=${PORTS.apiServer}`,
      '--bind-address=127.0.0.1',
      // Any address of the namespace's own range; loopback is refused.
      '--advertise-address=10.0.0.1',
      `--cert-dir=${files.certDir}`,
      `--service-account-key-file=${files.serviceAccountPublicKey}`,
      `--service-account-signing-key-file=${files.serviceAccountKey}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--authorization-mode=Node,RBAC',
      `--token-auth-file=${files.tokens}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--allow-privileged=true',
      '--disable-admission-plugins=ServiceAccount',
      '--kubelet-preferred-address-types=InternalIP',
      ...extraArgs,
    ],
    files.logDir,
  );
}

/** Controllers that need nothing but a kubeconfig. */
function startControllers(binaries: Record<Binary, string>, files: Files) {
  const start = (name: Binary, args: string[]) =>
    new Component(
      name,
      binaries[name],
      [`--kubeconfig=${files.kubeconfig}`, ...args],
      files.logDir,
    );
  const alone = ['--leader-elect=false', '--secure-port=0'];
  return {
    'kube-controller-manager': start('kube-controller-manager', [
      ...alone,
      `--service-account-private-key-file=${files.serviceAccountKey}`,
      `--root-ca-file=${join(files.certDir, 'apiserver.crt')}`,
    ]),
    'kube-scheduler': start('kube-scheduler', alone),
    certmanager: start('certmanager', []),
  };
}

/**
 * Starts etcd, the API server, its controllers, cert-manager and fake nodes.
 * Must run in a network namespace of its own: see `scripts/e2e.mjs`.
 *
 * @throws where a tool is missing or a component is not ready in time, with the folder of the logs
 */
export async function startControlPlane(
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const binaries = await buildBinaries(options.log);
  const files = await writeFiles();
  const server = `https://127.0.0.1:${PORTS.apiServer}`;
  const run = kubectl(binaries.kubectl, files.kubeconfig);
  const components: Record<string, Component> = {
    etcd: startEtcd(binaries, files),
    'kube-apiserver': startApiServer(
      binaries,
      files,
      options.apiServerArgs ?? [],
    ),
  };
  const stop: ControlPlane['stop'] = async ({ keepFiles } = {}) => {
    // In reverse: what depends on another ends before it.
    for (const component of Object.values(components).reverse()) {
      await component.stop();
    }
    if (keepFiles) return;
    await rm(files.directory, { recursive: true, force: true });
  };
  const ready = async () => {
    await until('kube-apiserver /readyz', READY_TIMEOUT_MS, () =>
      run(['get', '--raw', '/readyz']),
    );
  };
  try {
    await until('serving certificate', READY_TIMEOUT_MS, () =>
      readFile(join(files.certDir, 'apiserver.crt')),
    );
    await writeKubeconfig(files, server);
    await ready();
    await installCrds(run);
    Object.assign(components, startControllers(binaries, files));
    components.kwok = await startFakeNodes(run, binaries.kwok, files);
  } catch (error) {
    await stop({ keepFiles: true });
    throw new Error(`${(error as Error).message}\nLogs: ${files.logDir}`);
  }
  return {
    kubeconfig: files.kubeconfig,
    context: 'control-plane',
    server,
    directory: files.directory,
    logDir: files.logDir,
    components,
    kubectl: run,
    kubectlAs: kubeconfig => kubectl(binaries.kubectl, kubeconfig),
    ready,
    stop,
  };
}
