import type {
  PlatformSummary,
  Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Blueprint,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import { withPresets } from '../blueprints/presets';
import type { UnusableKubernetesCluster } from '../kubernetes/KubernetesClusters';

/** A Kubernetes cluster as the form's picker shows it. */
export function summarizePlatform(
  platform: Platform,
  blueprints: readonly Blueprint<any>[],
): PlatformSummary {
  const { defaults } = platform;
  const storageClasses = offered(
    platform.storageClasses,
    defaults.storageClasses,
  );
  const accepted = platform.gatewayClasses.filter(item => item.accepted);
  const allowedIssuers = defaults.issuers
    ?.filter(({ kind }) => kind === 'ClusterIssuer')
    .map(({ name }) => name);
  const ready = platform.clusterIssuers.filter(issuer => issuer.ready);
  return {
    name: platform.kubernetesCluster,
    usable: true,
    message: describe(platform),
    simulated: platform.simulated,
    kubernetesVersion: platform.kubernetesVersion,
    istioVersion: platform.istio?.version,
    storageClasses: storageClasses.map((item, position) => ({
      name: item.name,
      default: defaults.storageClasses ? position === 0 : item.default,
    })),
    gatewayClasses: offered(accepted, defaults.gatewayClasses).map(
      ({ name }) => name,
    ),
    issuers: offered(ready, allowedIssuers).map(({ name }) => ({
      kind: 'ClusterIssuer' as const,
      name,
    })),
    requirements: Object.fromEntries(
      blueprints.map(blueprint => [
        blueprint.kind,
        requirementsOf(blueprint, platform),
      ]),
    ),
  };
}

/** One that Ringfence cannot act on, and why. */
export function summarizeUnusable(
  unusable: UnusableKubernetesCluster,
): PlatformSummary {
  return {
    name: unusable.name,
    usable: false,
    message: `${unusable.why.replace(/\.$/, '')}. ${unusable.remedy}`,
    storageClasses: [],
    gatewayClasses: [],
    issuers: [],
    requirements: {},
  };
}

/** What is both there and allowed, in the order of the configuration where that has one. */
function offered<Item extends { readonly name: string }>(
  there: readonly Item[],
  allowed: readonly string[] | undefined,
): Item[] {
  if (!allowed) return [...there];
  return allowed.flatMap(name => there.filter(item => item.name === name));
}

/** Of a database with all defaults; its names are placeholders. */
function requirementsOf(
  blueprint: Blueprint<any>,
  platform: Platform,
): Requirement[] {
  const example = {
    blueprint: blueprint.kind,
    name: 'example',
    kubernetesCluster: platform.kubernetesCluster,
    namespace: 'example',
    owner: 'group:default/example',
  };
  const parsed = blueprint.schema.safeParse(
    withPresets(example, blueprint, platform.defaults),
  );
  // A blueprint that has no defaults for some field cannot be judged before someone fills that in.
  return parsed.success ? blueprint.requirements(parsed.data, platform) : [];
}

function describe({ kubernetesVersion, istio }: Platform): string {
  return `Kubernetes ${kubernetesVersion}, ${meshText(istio)}`;
}

function meshText(istio: Platform['istio']): string {
  if (!istio) return 'no Istio seen';
  const version = istio.version ?? 'of unknown version';
  if (!istio.ambient) return `Istio ${version} without ambient mode`;
  const { ready, desired } = istio.ambient;
  return `Istio ${version} in ambient mode, ztunnel ready on ${ready} of ${desired} nodes`;
}
