import type {
  Fact,
  KubernetesCluster,
  PublicCertificates,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  readPublicCertificates,
  type PublicPart,
  type PublicSecrets,
} from '../certificates';
import { look, notKnown, type Clock } from '../look';
import { pause, spread } from './backOff';

/** Somebody may have written into a Secret past cert-manager; spread, so that not all are read again at once. */
const PUBLIC_MAX_AGE_MS = 6 * 60 * 60_000;
/** Of what could not be read, or was not there. */
const MISSING_MAX_AGE_MS = 60_000;
/** Between two Secrets that nobody waits for. */
const PACE_MS = 50;

type Secret = Parameters<PublicSecrets['read']>[1];
type PublicFact = Fact<PublicPart | undefined>;

interface Kept {
  readonly version: string | undefined;
  readonly readAt: number;
  readonly maxAgeMs: number;
  readonly reading: Promise<PublicFact>;
  /** Absent: it is being read for the first time. */
  fact?: PublicFact;
  isMissing: boolean;
}

/** A Kubernetes cluster whose Secrets are read one after the other. */
interface Queue {
  readonly waiting: Map<string, () => Promise<unknown>>;
  isRunning: boolean;
}

export interface KeptSecretsOptions {
  readonly clock: Clock;
  /** Called with a namespace of whose Secrets more is known now that nobody waited for. */
  readonly onRead?: (where: {
    readonly kubernetesCluster: string;
    readonly namespace: string;
  }) => void;
  /** Ends what nobody waits for. */
  readonly signal?: AbortSignal;
  /** Between 0 and 1. @default Math.random */
  readonly random?: () => number;
  /** Waits. @default by the system's clock */
  readonly pause?: typeof pause;
}

/**
 * The public parts of Secrets, read again when their Certificates say that they
 * are others. Secrets are never listed: those of a thousand databases are read
 * one after the other, and are not looked at yet until then.
 */
export class KeptSecrets implements PublicSecrets {
  readonly #options: KeptSecretsOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #queues = new Map<string, Queue>();

  constructor(options: KeptSecretsOptions) {
    this.#options = options;
  }

  async read(
    kubernetes: KubernetesCluster,
    secret: Secret,
    { refresh, wait }: { readonly refresh: boolean; readonly wait: boolean },
  ): Promise<PublicFact> {
    const key = keyOf(kubernetes.name, secret);
    const kept = this.#kept.get(key);
    const serves = kept && this.#serves(kept, secret.version);
    if (refresh || (wait && !serves)) return this.#read(kubernetes, secret);
    if (wait && kept) return kept.reading;
    if (kept && isAnother(kept, secret.version)) {
      // What is kept speaks of another certificate than the one that is there.
      return this.#read(kubernetes, secret);
    }
    if (!serves) this.#readLater(kubernetes, secret);
    return kept?.fact ?? notKnown('Not looked at yet', this.#options.clock());
  }

  /** What is known of one, asking nobody. */
  find(
    kubernetesCluster: string,
    secret: Pick<Secret, 'namespace' | 'name'>,
  ): PublicCertificates | undefined {
    const fact = this.#kept.get(keyOf(kubernetesCluster, secret))?.fact;
    return fact?.known ? fact.value : undefined;
  }

  /** For databases that are gone. */
  retain(
    isThere: (kubernetesCluster: string, namespace: string) => boolean,
  ): void {
    for (const key of this.#kept.keys()) {
      const [kubernetesCluster, namespace] = key.split('/');
      if (!isThere(kubernetesCluster, namespace)) this.#kept.delete(key);
    }
  }

  #read(kubernetes: KubernetesCluster, secret: Secret): Promise<PublicFact> {
    const { clock, random = Math.random } = this.#options;
    const { namespace, name, version } = secret;
    const key = keyOf(kubernetes.name, secret);
    const entry: Kept = {
      version,
      readAt: clock().getTime(),
      maxAgeMs: spread(PUBLIC_MAX_AGE_MS, random),
      isMissing: false,
      fact: this.#kept.get(key)?.fact,
      reading: look(clock, () =>
        readPublicCertificates(kubernetes, namespace, name),
      ).then(fact => {
        entry.isMissing = !fact.known || !fact.value;
        entry.fact = fact;
        return fact;
      }),
    };
    this.#kept.set(key, entry);
    return entry.reading;
  }

  #readLater(kubernetes: KubernetesCluster, secret: Secret): void {
    const { name } = kubernetes;
    const queue = this.#queues.get(name) ?? {
      waiting: new Map(),
      isRunning: false,
    };
    this.#queues.set(name, queue);
    queue.waiting.set(keyOf(name, secret), async () => {
      const kept = this.#kept.get(keyOf(name, secret));
      // A probe may have been faster.
      const serves = kept && this.#serves(kept, secret.version);
      await (serves ? kept.reading : this.#read(kubernetes, secret));
      const { namespace } = secret;
      this.#options.onRead?.({ kubernetesCluster: name, namespace });
    });
    if (!queue.isRunning) void this.#drain(queue);
  }

  async #drain(queue: Queue): Promise<void> {
    const { signal = new AbortController().signal } = this.#options;
    queue.isRunning = true;
    for (const [key, read] of queue.waiting) {
      await (this.#options.pause ?? pause)(PACE_MS, signal);
      if (signal.aborted) return;
      queue.waiting.delete(key);
      await read();
    }
    queue.isRunning = false;
  }

  #serves(kept: Kept, wanted: string | undefined): boolean {
    const { readAt, isMissing, maxAgeMs } = kept;
    const limitMs = isMissing ? MISSING_MAX_AGE_MS : maxAgeMs;
    const ageMs = this.#options.clock().getTime() - readAt;
    return !isAnother(kept, wanted) && ageMs <= limitMs;
  }
}

/** While nobody knows which version there is, the one that is kept is taken for it. */
function isAnother({ version }: Kept, wanted: string | undefined): boolean {
  return wanted !== undefined && wanted !== version;
}

function keyOf(
  kubernetesCluster: string,
  { namespace, name }: Pick<Secret, 'namespace' | 'name'>,
): string {
  return `${kubernetesCluster}/${namespace}/${name}`;
}
