import type { Platform } from '@ringfence/backstage-plugin-ringfence-node';
import type {
  KubernetesClusters,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
import type { Platforms } from '../platform';

/** What a Kubernetes cluster can do changes seldom. */
const EVERY_MS = 5 * 60_000;
/** One that could not be read is tried again sooner. */
const AGAIN_MS = 30_000;

interface Kept {
  readonly platform: Promise<Platform>;
  /** Absent: it is being read for the first time. */
  readAt?: number;
  isFailed?: boolean;
}

export interface KeptPlatformsDeps {
  readonly clusters: Pick<KubernetesClusters, 'listUsable'>;
  readonly source: Pick<Platforms, 'read'>;
}

/**
 * What Kubernetes clusters can do, read again now and then, so that nobody who
 * asks has to wait for one: meanwhile what is known serves.
 */
export class KeptPlatforms implements Pick<Platforms, 'read'> {
  readonly #deps: KeptPlatformsDeps;
  readonly #kept = new Map<string, Kept>();
  readonly #underWay = new Set<string>();
  #timer?: NodeJS.Timeout;

  constructor(deps: KeptPlatformsDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.refresh();
    this.#timer = setInterval(() => this.refresh(), AGAIN_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  read(entry: UsableKubernetesCluster): Promise<Platform> {
    const { name } = entry.kubernetes;
    return (this.#kept.get(name) ?? this.#readNow(entry)).platform;
  }

  /** Reads those again that are old, or could not be read. */
  refresh(): void {
    const now = performance.now();
    for (const entry of this.#deps.clusters.listUsable()) {
      const { name } = entry.kubernetes;
      const kept = this.#kept.get(name);
      const { readAt = now, isFailed = !kept } = kept ?? {};
      const isDue = isFailed || now - readAt >= EVERY_MS;
      if (isDue && !this.#underWay.has(name)) this.#readNow(entry);
    }
  }

  /** What is known stays until there is an answer. */
  #readNow(entry: UsableKubernetesCluster): Kept {
    const { name } = entry.kubernetes;
    const next: Kept = { platform: this.#deps.source.read(entry) };
    const before = this.#kept.get(name);
    if (!before) this.#kept.set(name, next);
    this.#underWay.add(name);
    const end = (isFailed: boolean) => {
      this.#kept.set(name, Object.assign(next, { isFailed }));
      next.readAt = performance.now();
      this.#underWay.delete(name);
    };
    next.platform.then(
      () => end(false),
      () => end(true),
    );
    return next;
  }
}
