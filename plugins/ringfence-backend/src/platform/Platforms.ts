import type { PlatformSummary } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import type { BlueprintRegistry } from '../blueprints/BlueprintRegistry';
import type {
  KubernetesClusters,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
import { discoverPlatform } from './discoverPlatform';
import { summarizePlatform, summarizeUnusable } from './summarizePlatform';

/** A form asks for the same platforms at every step. */
const KEPT_MS = 30_000;

/** What the Kubernetes clusters can do, as it was a short while ago at most. */
export class Platforms {
  readonly #deps: {
    clusters: KubernetesClusters;
    blueprints: BlueprintRegistry;
  };
  readonly #now: () => Date;
  readonly #kept = new Map<
    string,
    { readAt: number; platform: Promise<Platform> }
  >();

  constructor(
    deps: { clusters: KubernetesClusters; blueprints: BlueprintRegistry },
    now: () => Date = () => new Date(),
  ) {
    this.#deps = deps;
    this.#now = now;
  }

  /** One of them; a discovery that failed is not kept. */
  async read(entry: UsableKubernetesCluster): Promise<Platform> {
    const { name } = entry.kubernetes;
    const now = this.#now().getTime();
    const kept = this.#kept.get(name);
    if (kept && now - kept.readAt < KEPT_MS) return kept.platform;
    const reading = { readAt: now, platform: discoverPlatform(entry) };
    this.#kept.set(name, reading);
    reading.platform.catch(() => {
      if (this.#kept.get(name) === reading) this.#kept.delete(name);
    });
    return reading.platform;
  }

  /** All of them, also those that cannot be used, and why. */
  async list(): Promise<PlatformSummary[]> {
    const { clusters, blueprints } = this.#deps;
    const usable = clusters.listUsable().map(async entry => {
      try {
        return summarizePlatform(await this.read(entry), blueprints.list());
      } catch (error) {
        return summarizeUnusable({
          name: entry.kubernetes.name,
          why: (error as Error).message,
          remedy: 'Make sure that the portal reaches it and may read it',
        });
      }
    });
    return [
      ...(await Promise.all(usable)),
      ...clusters.listUnusable().map(summarizeUnusable),
    ];
  }
}
