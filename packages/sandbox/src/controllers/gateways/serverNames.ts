import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { GatewayListener } from '@ringfence/data-plane';

/** The server name that a Gateway's listener is for; undefined: for all others. */
function serverNameOf(gateway: KubernetesObject, listener: string) {
  const found = gateway.spec.listeners.find((it: any) => it.name === listener);
  return found?.hostname as string | undefined;
}

/**
 * Listeners as a proxy opens them: those of one port are one, told apart by
 * server name. It shows the certificate of the first that is for all.
 */
export function joinPorts<Listener extends GatewayListener>(
  gateway: KubernetesObject,
  listeners: readonly Listener[],
): Listener[] {
  const ports = [...new Set(listeners.map(({ port }) => port))];
  return ports.map(port => {
    const ofPort = listeners.filter(listener => listener.port === port);
    const named = (listener: Listener) => serverNameOf(gateway, listener.name);
    const [first] = ofPort;
    const serverNames = ofPort.flatMap(listener => named(listener) ?? []);
    return {
      ...(ofPort.find(listener => !named(listener)) ?? first),
      ...(serverNames.length > 0 && { serverNames }),
    };
  });
}

/** The routes that a server name leads to; those for all others are found by undefined. */
export function routesByServerName(
  gateway: KubernetesObject,
  attached: ReadonlyMap<string, readonly KubernetesObject[]>,
): Map<string | undefined, Set<KubernetesObject>> {
  const byName = new Map<string | undefined, Set<KubernetesObject>>();
  for (const [listener, routes] of attached) {
    const serverName = serverNameOf(gateway, listener);
    const before = byName.get(serverName) ?? [];
    byName.set(serverName, new Set([...before, ...routes]));
  }
  return byName;
}
