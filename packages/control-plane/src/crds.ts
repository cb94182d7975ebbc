import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { goModuleDir } from './build';
import type { Kubectl } from './kubectl';

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

/** Installs the CRDs of Gateway API, cert-manager, Istio and PodMonitor, and waits until they are served. */
export async function installCrds(kubectl: Kubectl): Promise<void> {
  for (const { module, path } of SOURCES) {
    const dir = await goModuleDir('crds', module);
    const documents = await readYaml(join(dir, path));
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
