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

/** Where connections of a server name, or of all others, lead. */
export interface Lead {
  readonly serverName?: string;
  /** Only those of this listener. Absent: of all. */
  readonly listener?: string;
  readonly routes: ReadonlySet<KubernetesObject>;
}

/**
 * Where the listeners of a Gateway lead. Most lead to the same routes; those
 * that speak something else than others do to their own.
 */
export function leadsOf(
  gateway: KubernetesObject,
  attached: ReadonlyMap<string, readonly KubernetesObject[]>,
): Lead[] {
  const isOwn = (listener: string) =>
    gateway.spec.listeners.find((it: any) => it.name === listener)?.protocol ===
    'HTTPS';
  const leads = new Map<string, Lead>();
  for (const [name, routes] of attached) {
    const serverName = serverNameOf(gateway, name);
    const listener = isOwn(name) ? name : undefined;
    const key = JSON.stringify([serverName, listener]);
    const before = leads.get(key)?.routes ?? [];
    leads.set(key, {
      ...{ serverName, listener },
      routes: new Set([...before, ...routes]),
    });
  }
  return [...leads.values()];
}
