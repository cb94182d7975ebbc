import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import {
  platformManifests,
  type WebhookClient,
} from '@ringfence/sandbox/controllers';
import type { AgentCluster } from './AgentCluster';

/** What the control plane has, or makes, by itself. */
const NOT_OURS = ['Node', 'CustomResourceDefinition', 'Pod'];
/** Kinds whose status nobody else writes. */
const OWN_STATUS = ['GatewayClass'];

/**
 * Puts there what the sandbox has, too: Istio's and cert-manager's programs,
 * classes, the company's CA.
 *
 * @param injector - where the API server sends new pods for their sidecars
 */
export async function applyPlatform(
  kubernetes: AgentCluster,
  injector: WebhookClient,
): Promise<void> {
  const platform = kubernetes.as('platform', { force: true });
  const manifests = platformManifests([], injector).filter(
    ({ kind }) => !NOT_OURS.includes(kind),
  );
  for (const { status, ...manifest } of manifests) {
    const applied = await platform.apply(manifest as Manifest);
    if (status && OWN_STATUS.includes(applied.kind)) {
      await platform.updateStatus({ ...applied, status });
    }
  }
}
