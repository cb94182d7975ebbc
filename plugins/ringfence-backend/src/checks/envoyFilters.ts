import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { matches, selectsSomePods, type Labels } from './objects';

/** One patch of an EnvoyFilter, as far as it matters here. @see https://istio.io/latest/docs/reference/config/networking/envoy-filter/ */
interface ConfigPatch {
  readonly applyTo?: string;
  readonly match?: { readonly context?: string };
  readonly patch?: {
    readonly operation?: string;
    readonly value?: Readonly<Record<string, unknown>>;
  };
}

/** Parts of a proxy that only HTTP goes through: REST does, and no other protocol of a database. */
const HTTP_ONLY = [
  'HTTP_FILTER',
  'HTTP_ROUTE',
  'ROUTE_CONFIGURATION',
  'VIRTUAL_HOST',
];

/** Fields that say how a connection is encrypted, as Envoy's configuration may write them. */
const TLS_FIELD = /^(transport_?socket|tls_?context|filter_?chain)/i;

/** Operations after which what was there is not there any more. */
const TAKES_AWAY = ['REMOVE', 'REPLACE'];

/** The proxies of a database that an EnvoyFilter can patch. */
export type Patched = 'sidecars' | 'gateway';

/** Whether clients come in by a Gateway. */
export function exposesGateway({ access, observation }: Facts): boolean {
  return access.exposure !== 'none' && observation.gateway !== undefined;
}

/** Which of the database's proxies an EnvoyFilter is for. */
export function patchedBy(facts: Facts, filter: KubernetesObject): Patched[] {
  const hasSidecars = facts.observation.meshMode === 'sidecar';
  const hasGateway = exposesGateway(facts);
  return [
    ...(hasSidecars && isForSidecars(facts, filter)
      ? (['sidecars'] as const)
      : []),
    ...(hasGateway && isForGateway(facts, filter)
      ? (['gateway'] as const)
      : []),
  ];
}

/** The patches that clients of the database may meet in one of these proxies. */
export function patchesMet(
  { access, observation }: Facts,
  { spec }: KubernetesObject,
  proxies: readonly Patched[],
): ConfigPatch[] {
  const patches: readonly ConfigPatch[] = spec?.configPatches ?? [];
  const servesRest =
    observation.restPort !== undefined || (access.restPorts ?? []).length > 0;
  return patches.filter(
    ({ applyTo = '', match }) =>
      (servesRest || !HTTP_ONLY.includes(applyTo)) &&
      proxies.some(proxy => isInContext(proxy, match?.context)),
  );
}

/** Whether a patch can take TLS, mTLS or the mesh's own filters away. */
export function canOpen({ patch }: ConfigPatch): boolean {
  const { operation = '', value = {} } = patch ?? {};
  return (
    TAKES_AWAY.includes(operation) ||
    Object.keys(value).some(field => TLS_FIELD.test(field))
  );
}

function isInContext(proxy: Patched, context = 'ANY'): boolean {
  const own =
    proxy === 'gateway' ? ['GATEWAY'] : ['SIDECAR_INBOUND', 'SIDECAR_OUTBOUND'];
  return context === 'ANY' || own.includes(context);
}

function isForSidecars(facts: Facts, filter: KubernetesObject): boolean {
  if (targetsOf(filter).length > 0) return false;
  return selectsSomePods(facts, filter.spec?.workloadSelector?.labels ?? {});
}

function isForGateway(facts: Facts, filter: KubernetesObject): boolean {
  const targets = targetsOf(filter);
  const gateway = facts.gateway.known ? facts.gateway.value : undefined;
  if (targets.length > 0) {
    return targets.some(({ kind, name }) =>
      kind === 'GatewayClass'
        ? !facts.gateway.known || name === gateway?.spec?.gatewayClassName
        : name === facts.observation.gateway?.name,
    );
  }
  const selector: Labels = filter.spec?.workloadSelector?.labels ?? {};
  return matches(gatewayLabels(facts, gateway, selector), selector);
}

function targetsOf({
  spec,
}: KubernetesObject): ReadonlyArray<{ kind: string; name: string }> {
  return spec?.targetRefs ?? [];
}

/** The labels of the gateway's pods: those of the Gateway, and what Istio puts there. */
function gatewayLabels(
  { observation }: Facts,
  gateway: KubernetesObject | undefined,
  selector: Labels,
): Labels {
  const name = observation.gateway?.name ?? '';
  // Of a Gateway that cannot be read, anything may select the pods.
  if (!gateway) return { ...selector, ...nameLabels(name) };
  return {
    ...gateway.metadata.labels,
    ...gateway.spec?.infrastructure?.labels,
    ...nameLabels(name),
    'service.istio.io/canonical-name': `${name}-${gateway.spec?.gatewayClassName}`,
    'service.istio.io/canonical-revision': 'latest',
    'sidecar.istio.io/inject': 'false',
  };
}

function nameLabels(name: string): Labels {
  return {
    'gateway.networking.k8s.io/gateway-name': name,
    'istio.io/gateway-name': name,
  };
}
