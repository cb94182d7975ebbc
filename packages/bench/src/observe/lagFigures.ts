import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import type { Figure } from '../figures';
import { holds, isPromised, someOf, timeFigures, type Scene } from './measure';
import { DATABASE, KUBERNETES_CLUSTER } from './template';

const CHANGES = 60;
/** Where nothing is promised of them. */
const CHANGES_ELSE = 20;
/** Fewer, where they take long. */
const CHANGES_WITHIN_MS = 120_000;
const TOLD_WITHIN_MS = 15_000;
const CHECK = 'mesh.strict';

/** How far what a card shows is behind the API server. */
export async function lagFigures(
  scene: Scene,
  kubernetes: KubernetesCluster,
): Promise<Figure[]> {
  const changes = isPromised(scene) ? CHANGES : CHANGES_ELSE;
  const chosen = someOf(
    scene.namespaces,
    Math.min(changes, scene.namespaces.length),
  );
  const times: number[] = [];
  const end = Date.now() + CHANGES_WITHIN_MS;
  for (const namespace of chosen) {
    if (Date.now() > end) break;
    times.push(await lagOf(scene, kubernetes, namespace));
  }
  for (const namespace of chosen.slice(0, times.length))
    await setMtls(kubernetes, namespace, 'STRICT');
  return timeFigures(
    scene,
    'from a change at the API server to an open card',
    times,
    { p50: { share: 0.5 }, p95: { share: 0.95, atMost: 1_500 } },
  );
}

/**
 * Opens a fence, as somebody with kubectl would; a card asks again when it is
 * told to.
 *
 * @returns ms until it shows that; infinite where it did not in time
 */
async function lagOf(
  { portal }: Scene,
  kubernetes: KubernetesCluster,
  namespace: string,
): Promise<number> {
  const address = `${KUBERNETES_CLUSTER}/${namespace}`;
  let shownAt = Infinity;
  const end = portal.onChange(async database => {
    if (database !== address || shownAt < Infinity) return;
    const { text } = await portal.report(namespace);
    if (isOpen(JSON.parse(text)))
      shownAt = Math.min(shownAt, performance.now());
  });
  try {
    await setMtls(kubernetes, namespace, 'PERMISSIVE');
    const changedAt = performance.now();
    await holds(TOLD_WITHIN_MS, () => shownAt < Infinity);
    return Math.max(0, shownAt - changedAt);
  } finally {
    end();
  }
}

function isOpen({ findings }: { findings: any[] }): boolean {
  return findings.some(
    ({ check, status }) => check === CHECK && status === 'failing',
  );
}

async function setMtls(
  kubernetes: KubernetesCluster,
  namespace: string,
  mode: 'STRICT' | 'PERMISSIVE',
): Promise<void> {
  const metadata = { name: DATABASE, namespace };
  const apiVersion = 'security.istio.io/v1';
  const kind = 'PeerAuthentication';
  const found = await kubernetes.get({ apiVersion, kind, ...metadata });
  const spec = { ...found?.spec, mtls: { mode } };
  const manifest = { apiVersion, kind, metadata, spec };
  await kubernetes.apply(manifest, { force: true });
}
