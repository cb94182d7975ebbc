import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '@ringfence/data-plane';

const run = promisify(execFile);

const GO_DIR = join(
  dirname(require.resolve('@ringfence/control-plane/package.json')),
  'go',
);
const KUBERNETES = 'k8s.io/kubernetes';

/** A Go module of ours and the commands that are built from it. */
interface GoModule {
  readonly folder: string;
  /** Package to build, by the name of its binary. */
  readonly commands: Readonly<Record<string, string>>;
  readonly versionFlags?: (version: string) => string;
}

/**
 * The version that kube-apiserver reports; without it clients take it for unusable.
 * @param version - such as `v1.36.3`
 */
function kubernetesVersionFlags(version: string): string {
  const [major, minor] = version.slice(1).split('.');
  const at = `${KUBERNETES.split('/')[0]}/component-base/version`;
  return [
    `-X ${at}.gitVersion=${version}`,
    `-X ${at}.gitMajor=${major}`,
    `-X ${at}.gitMinor=${minor}`,
  ].join(' ');
}

const MODULES: readonly GoModule[] = [
  {
    folder: 'kubernetes',
    commands: {
      'kube-apiserver': `${KUBERNETES}/cmd/kube-apiserver`,
      'kube-controller-manager': `${KUBERNETES}/cmd/kube-controller-manager`,
      'kube-scheduler': `${KUBERNETES}/cmd/kube-scheduler`,
      kubectl: `${KUBERNETES}/cmd/kubectl`,
    },
    versionFlags: kubernetesVersionFlags,
  },
  { folder: 'etcd', commands: { etcd: '.' } },
  { folder: 'kwok', commands: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' } },
  { folder: 'certmanager', commands: { certmanager: '.' } },
];

/** Binaries of the control plane. */
export type Binary =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubectl'
  | 'kwok'
  | 'certmanager';

/** Where everything that was built or fetched is kept, outside of the checkout. */
export function cacheDir(): string {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(base, 'ringfence', 'control-plane');
}

async function hashOf(module: GoModule): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go']) {
    const path = join(GO_DIR, module.folder, file);
    if (existsSync(path)) hash.update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}

async function go(folder: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await run('go', args, {
      cwd: join(GO_DIR, folder),
      env: { ...process.env, CGO_ENABLED: '0' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error('Go is missing: install Go 1.26 or newer');
    }
    throw error;
  }
}

/** Folder of a module's source in Go's module cache. */
export async function goModuleDir(
  folder: string,
  module: string,
): Promise<string> {
  await go(folder, ['mod', 'download', module]);
  return go(folder, ['list', '-m', '-f', '{{.Dir}}', module]);
}

/** The folder with the module's binaries. */
async function buildModule(
  module: GoModule,
  log: (line: string) => void,
): Promise<string> {
  const dir = join(cacheDir(), `${module.folder}-${await hashOf(module)}`);
  return cachedFolder(dir, async partial => {
    const start = Date.now();
    log(`Building ${Object.keys(module.commands).join(', ')} …`);
    const flags = ['-s', '-w', await versionFlagsOf(module)].join(' ');
    for (const [name, pkg] of Object.entries(module.commands)) {
      const output = join(partial, name);
      await go(module.folder, ['build', '-ldflags', flags, '-o', output, pkg]);
    }
    log(`Built in ${Math.round((Date.now() - start) / 1000)} s`);
  });
}

async function versionFlagsOf(module: GoModule): Promise<string> {
  if (!module.versionFlags) return '';
  const list = ['list', '-m', '-f', '{{.Version}}', KUBERNETES];
  return module.versionFlags(await go(module.folder, list));
}

/**
 * Builds what is not in the cache yet. `KUBEBUILDER_ASSETS`, where it is set,
 * brings etcd, kube-apiserver and kubectl instead.
 *
 * @throws where Go is missing, or a build fails, with the compiler's words
 */
export async function buildBinaries(
  log: (line: string) => void,
): Promise<Record<Binary, string>> {
  const paths: Record<string, string> = {};
  for (const module of MODULES) {
    const dir = await buildModule(module, log);
    for (const name of Object.keys(module.commands)) {
      paths[name] = join(dir, name);
    }
  }
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets) {
    for (const name of ['etcd', 'kube-apiserver', 'kubectl']) {
      paths[name] = join(assets, name);
      if (existsSync(paths[name])) continue;
      throw new Error(`KUBEBUILDER_ASSETS: there is no "${paths[name]}"`);
    }
  }
  return paths as Record<Binary, string>;
}
