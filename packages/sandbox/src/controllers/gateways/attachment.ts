import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';

/** Group and version of what Gateway API serves. */
export const GATEWAY_API = 'gateway.networking.k8s.io/v1';
/** The kinds of routes that the sandbox attaches. */
export const ROUTE_KINDS = ['TCPRoute', 'TLSRoute', 'HTTPRoute'] as const;

interface ParentRef {
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
  readonly port?: number;
}

/** What became of one parentRef of a route. */
export type Attachment =
  | { readonly listeners: readonly string[] }
  | { readonly reason: string; readonly message: string };

/** The parents of a route that are Gateways, with their namespaces. */
export function parentsOf(
  route: KubernetesObject,
): Array<ParentRef & { namespace: string }> {
  return (route.spec?.parentRefs ?? [])
    .filter((parent: any) => parent.kind === 'Gateway')
    .map((parent: any) => ({ namespace: route.metadata.namespace, ...parent }));
}

const POSSIBLE_KINDS: Readonly<Record<string, readonly string[]>> = {
  TLS: ['TLSRoute', 'TCPRoute'],
  HTTPS: ['HTTPRoute'],
};

/** The kinds that a listener lets attach. */
export function supportedKinds(
  listener: any,
): Array<{ group: string; kind: string }> {
  const group = 'gateway.networking.k8s.io';
  const possible = POSSIBLE_KINDS[listener.protocol] ?? ['TCPRoute'];
  const asked =
    listener.allowedRoutes?.kinds?.map((it: any) => it.kind) ?? possible;
  return possible
    .filter(kind => asked.includes(kind))
    .map(kind => ({ group, kind }));
}

/** Which listeners of a Gateway take a route, in Istio's words where none does. */
export function attach(
  route: KubernetesObject,
  parent: ParentRef,
  gateway: KubernetesObject,
): Attachment {
  const { sectionName, port } = parent;
  const named = gateway.spec.listeners.filter(
    (listener: any) =>
      (!sectionName || listener.name === sectionName) &&
      (!port || listener.port === port),
  );
  if (named.length === 0) {
    const what = sectionName ? `sectionName "${sectionName}"` : `port ${port}`;
    return { reason: 'NoMatchingParent', message: `${what} not found` };
  }
  const allowed = named.filter((listener: any) =>
    allows(listener, route, gateway),
  );
  if (allowed.length === 0) {
    return {
      reason: 'NotAllowedByListeners',
      message: `kind ${route.kind} from namespace "${route.metadata.namespace}" is not allowed`,
    };
  }
  return { listeners: allowed.map((listener: any) => listener.name) };
}

function allows(
  listener: any,
  route: KubernetesObject,
  gateway: KubernetesObject,
) {
  const from = listener.allowedRoutes?.namespaces?.from ?? 'Same';
  const near = route.metadata.namespace === gateway.metadata.namespace;
  return (
    (near || from === 'All') &&
    supportedKinds(listener).some(({ kind }) => kind === route.kind)
  );
}

/** How many of the routes each listener of a Gateway has, by the listener's name. */
export function attachedRoutes(
  gateway: KubernetesObject,
  routes: readonly KubernetesObject[],
): Map<string, KubernetesObject[]> {
  const attached = new Map<string, KubernetesObject[]>(
    gateway.spec.listeners.map((listener: any) => [listener.name, []]),
  );
  const { name, namespace } = gateway.metadata;
  for (const route of routes) {
    for (const parent of parentsOf(route)) {
      if (parent.name !== name || parent.namespace !== namespace) continue;
      const attachment = attach(route, parent, gateway);
      if (!('listeners' in attachment)) continue;
      for (const listener of attachment.listeners)
        attached.get(listener)!.push(route);
    }
  }
  return attached;
}
