import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { goModuleDir } from './build';
import type { Kubectl } from './kubectl';
import { ROOT } from './root';

/** Where each module keeps its custom resource definitions: a folder or a file. */
const SOURCES = [
  { module: 'sigs.k8s.io/gateway-api', path: 'config/crd/standard' },
  { module: 'github.com/cert-manager/cert-manager', path: 'deploy/crds' },
  {
    module: 'istio.io/api',
    path: 'kubernetes/customresourcedefinitions.gen.yaml',
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    path: 'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
  },
] as const;

async function readYaml(path: string): Promise<string[]> {
  if (path.endsWith('.yaml')) return [await readFile(path, 'utf8')];
  const names = (await readdir(path)).filter(name => name.endsWith('.yaml'));
  return Promise.all(names.map(name => readFile(join(path, name), 'utf8')));
}

/** The Go modules that bring them. */
export const CRD_MODULES = SOURCES.map(source => source.module);

/**
 * Further definitions: the folder that CONTROL_PLANE_CRDS names, or
 * `shared/crds` beside the repository where that is there.
 */
export function furtherCrds(): string | undefined {
  const named = process.env.CONTROL_PLANE_CRDS;
  if (named) return resolve(named);
  const beside = resolve(ROOT, '..', 'shared', 'crds');
  return existsSync(beside) ? beside : undefined;
}

/** Installs the CRDs of Gateway API, cert-manager, Istio and PodMonitor and further ones, and waits until they are served. */
export async function installCrds(kubectl: Kubectl): Promise<void> {
  const further = furtherCrds();
  const paths = further ? [further] : [];
  for (const { module, path } of SOURCES) {
    paths.push(join(await goModuleDir('crds', module), path));
  }
  for (const path of paths) {
    const documents = await readYaml(path);
    await kubectl(
      ['apply', '--server-side', '-f', '-'],
      documents.join('\n---\n'),
    );
  }
  await kubectl([
    'wait',
    '--for=condition=Established',
    'crd',
    '--all',
    '--timeout=60s',
  ]);
}
