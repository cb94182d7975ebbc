import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** A route of a VirtualService, as far as it says where it leads. */
interface Routed {
  readonly route?: ReadonlyArray<{
    readonly destination?: { readonly host?: string };
  }>;
}

/** Every host that a rule of Istio's speaks of: those it is for, and those it leads to. */
export function hostsOf({ kind, spec }: KubernetesObject): string[] {
  const hosts = [...list(spec?.hosts), spec?.host, ...destinations(kind, spec)];
  return hosts.filter(host => typeof host === 'string');
}

/** Where a VirtualService sends what it takes in, by whatever name that comes. */
function destinations(
  kind: string,
  spec: KubernetesObject['spec'],
): Array<string | undefined> {
  if (kind !== 'VirtualService') return [];
  const rules: Routed[] = ['tcp', 'tls', 'http'].flatMap(it =>
    list(spec?.[it]),
  );
  return rules
    .flatMap(rule => list(rule?.route) as NonNullable<Routed['route']>)
    .map(route => route?.destination?.host);
}

/**
 * The namespaces whose Services a rule names: `orders.orders.svc.cluster.local`
 * or a part of it. A short name means a Service beside the rule, and what stands
 * for every namespace names none.
 */
export function namespacesReached(rule: KubernetesObject): string[] {
  const home = rule.metadata.namespace;
  const namespaces = hostsOf(rule).map(host => {
    const [service, namespace] = host.split('.');
    return namespace ?? (service === '*' ? undefined : home);
  });
  return [...new Set(namespaces)].filter(name => name !== undefined);
}

function list(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}
