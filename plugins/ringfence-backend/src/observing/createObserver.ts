import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { KnownDrift } from '../drift';
import type { ObservingDeps } from './createObserving';
import { KeptPlatforms } from './KeptPlatforms';
import type { Clock } from './look';
import { Observer } from './Observer';
import type { ProbeBook } from './probes/ProbeBook';
import { Prometheus } from './telemetry/Prometheus';
import type { Inventory } from './watched/Inventory';
import { KeptLogins } from './watched/KeptLogins';
import { KeptSecrets } from './watched/KeptSecrets';

/** Proxies are read once for all databases that ask in this time. */
const METRICS_MAX_AGE_MS = 50_000;

/** What an observer has that asks as little as can be, and what it keeps for that. */
export interface KeepingObserver {
  readonly observer: Observer;
  /** To be started, and stopped with the portal. */
  readonly platforms: KeptPlatforms;
  /** For databases that are gone. */
  retain(isThere: (ref: DatabaseRef) => boolean): void;
}

/** An observer that knows by heart what watches and probes have told. */
export function createObserver(
  deps: ObservingDeps,
  parts: {
    readonly inventory: Inventory;
    readonly book: ProbeBook;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    /** More is known of a database that nobody waited for. */
    readonly onRead: (ref: DatabaseRef) => void;
  },
): KeepingObserver {
  const { inventory, book, clock, signal, onRead } = parts;
  const { clusters } = deps;
  const platforms = new KeptPlatforms({ clusters, source: deps.platforms });
  const secrets = new KeptSecrets({ clock, signal, onRead });
  const { history, logger } = deps;
  const drift = new KnownDrift({ history, clock, logger });
  const logins = new Map<string, KeptLogins>();
  const loginsOf = (kubernetes: KubernetesCluster) => {
    const { name } = kubernetes;
    const kept =
      logins.get(name) ??
      new KeptLogins(kubernetes, { clock, publicParts: secrets });
    logins.set(name, kept);
    return kept;
  };
  const observer = new Observer(
    {
      clusters,
      createTools: deps.createTools,
      clock,
      sources: kubernetes => inventory.objectsOf(kubernetes),
      secrets,
      onRead,
      probes: book,
      prometheus: deps.prometheus && new Prometheus(deps.prometheus, clock),
      platforms,
      history: deps.history,
      readDrift: (kubernetes, database, platform) =>
        drift.read(
          kubernetes,
          database,
          platform,
          inventory.objectsOf(kubernetes),
        ),
      probeTools(kubernetes, ref, access) {
        const { clientCertificates } = access;
        const kept = loginsOf(kubernetes);
        if (clientCertificates) {
          const { namespace } = ref;
          const { portalSecret: name } = clientCertificates;
          kept.keepKeyOf({ namespace, name });
        }
        return kept.doubting(deps.createTools(kept.kubernetes, ref, access));
      },
    },
    { maxAgeMs: METRICS_MAX_AGE_MS },
  );
  return {
    observer,
    platforms,
    retain(isThere) {
      observer.retain(isThere);
      secrets.retain((kubernetesCluster, namespace) =>
        isThere({ kubernetesCluster, namespace }),
      );
      for (const [kubernetesCluster, kept] of logins) {
        kept.retain(namespace => isThere({ kubernetesCluster, namespace }));
      }
    },
  };
}
