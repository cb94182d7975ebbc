import {
  HBONE_PORT,
  type KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Who comes, as policies see it. */
export interface Source {
  /** Such as `cluster.local/ns/orders/sa/orders-gateway-istio`. */
  readonly principal: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** The policies of a namespace. */
export interface Policies {
  readonly authorization: readonly KubernetesObject[];
  readonly network: readonly KubernetesObject[];
}

type Labels = Readonly<Record<string, string>>;

/**
 * Whether a pod in the mesh lets a source that has an identity in to a port.
 * Knows of policies what decides about identities, namespaces and ports.
 */
export function admits(
  { authorization, network }: Policies,
  pod: KubernetesObject,
  source: Source,
  port: number,
): boolean {
  return (
    networkAdmits(network, pod, source, arrivalPort(pod, port)) &&
    authorizationAdmits(authorization, pod, source, port)
  );
}

/** Packets come to ztunnel's port where that has taken the pod into the mesh, else to the port that is meant. */
function arrivalPort({ metadata }: KubernetesObject, port: number): number {
  const hasSidecar = metadata.annotations?.['sidecar.istio.io/status'];
  return hasSidecar ? port : HBONE_PORT;
}

function networkAdmits(
  policies: readonly KubernetesObject[],
  pod: KubernetesObject,
  source: Source,
  port: number,
): boolean {
  const ingress = policies.filter(
    ({ spec }) =>
      (spec.policyTypes ?? ['Ingress']).includes('Ingress') &&
      selected(spec.podSelector, pod.metadata.labels),
  );
  if (ingress.length === 0) return true;
  const rules: any[] = ingress.flatMap(({ spec }) => spec.ingress ?? []);
  return rules.some(
    ({ from, ports }) =>
      (!ports || ports.some((it: any) => it.port === port)) &&
      (!from || from.some((peer: any) => isPeer(peer, source, pod))),
  );
}

function isPeer(peer: any, source: Source, pod: KubernetesObject): boolean {
  if (peer.ipBlock) return false;
  const near = source.namespace === pod.metadata.namespace;
  const inNamespace = peer.namespaceSelector
    ? selected(peer.namespaceSelector, source.namespaceLabels)
    : near;
  return inNamespace && selected(peer.podSelector, source.labels);
}

function authorizationAdmits(
  policies: readonly KubernetesObject[],
  pod: KubernetesObject,
  source: Source,
  port: number,
): boolean {
  const selecting = policies.filter(({ spec }) =>
    selected(spec?.selector, pod.metadata.labels),
  );
  const ofAction = (action: string) =>
    selecting.filter(({ spec }) => (spec?.action ?? 'ALLOW') === action);
  const matches = ({ spec }: KubernetesObject) =>
    (spec?.rules ?? []).some((rule: any) => matchesRule(rule, source, port));
  if (ofAction('DENY').some(matches)) return false;
  const allowing = ofAction('ALLOW');
  return allowing.length === 0 || allowing.some(matches);
}

function matchesRule({ from, to }: any, source: Source, port: number) {
  const comes =
    !from ||
    from.some(
      ({ source: { principals, namespaces } }: any) =>
        (!principals || principals.includes(source.principal)) &&
        (!namespaces || namespaces.includes(source.namespace)),
    );
  const goes =
    !to ||
    to.some(
      ({ operation: { ports } }: any) => !ports || ports.includes(String(port)),
    );
  return comes && goes;
}

/** An absent or empty selector selects all. */
function selected(selector: any, labels: Labels = {}): boolean {
  const exact = Object.entries(selector?.matchLabels ?? {});
  const expressions: any[] = selector?.matchExpressions ?? [];
  return (
    exact.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values }) => {
      const has = key in labels && (!values || values.includes(labels[key]));
      return ['In', 'Exists'].includes(operator) ? has : !has;
    })
  );
}
