import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  StubIgniteCluster,
  type StubIgniteSettings,
} from '@ringfence/data-plane';
import type { ControllerCluster } from '../controllers/context';
import type { DescribedRing, IgniteDefinition } from './Rings';
import { stubSimulated } from './words';

const SETTINGS_FILE = 'ignite.xml';

/** A simulated Ignite behind pods that ask for a real one: it takes the logins and caches of their settings. */
export function startStubIgnite(
  { pod, manifest, nodes }: IgniteDefinition,
  kubernetes: Pick<ControllerCluster, 'get'>,
): DescribedRing {
  const ring = new StubIgniteCluster({
    version: pod.version,
    nodes,
    settings: async () => readSettings(await settingsOf(kubernetes, manifest)),
  });
  return { ring, simulated: stubSimulated('the sandbox runs no Ignite') };
}

async function settingsOf(
  kubernetes: Pick<ControllerCluster, 'get'>,
  { metadata: { namespace }, spec }: KubernetesObject,
): Promise<string> {
  for (const { configMap } of spec.volumes ?? []) {
    if (!configMap) continue;
    const { name } = configMap;
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
    const text = (await kubernetes.get(ref))?.data?.[SETTINGS_FILE];
    if (text) return text;
  }
  return '';
}

const CACHE = /<bean class="[\w.]*\.CacheConfiguration">([^]*?)<\/bean>/g;

/** Of Spring XML only what the stub acts on. */
export function readSettings(xml: string): StubIgniteSettings {
  return {
    authentication: valueOf(xml, 'authenticationEnabled') === 'true',
    persistence: valueOf(xml, 'persistenceEnabled') === 'true',
    caches: [...xml.matchAll(CACHE)].map(([, bean]) => ({
      name: valueOf(bean, 'name') ?? '',
      mode: valueOf(bean, 'cacheMode') ?? 'PARTITIONED',
      backups: Number(valueOf(bean, 'backups') ?? 0),
    })),
  };
}

function valueOf(xml: string, property: string): string | undefined {
  return new RegExp(`name="${property}" value="([^"]*)"`).exec(xml)?.[1];
}
