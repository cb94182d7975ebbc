import { toError } from '@backstage/errors';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { withTimeout, type Clock } from '../look';
import { orAborted, pause } from './backOff';

/** There in every Kubernetes cluster; whether it may be read does not matter. */
const SOMETHING = { apiVersion: 'v1', kind: 'Namespace', name: 'default' };
/** Answers of an API server that is there. */
const ALIVE = new Set(['NotAllowedError', 'NotFoundError']);

export interface HeartbeatOptions {
  readonly clock: Clock;
  /** @default 10 000 */
  readonly everyMs?: number;
  /** How long an API server may be silent before nothing is believed any more. @default 30 000 */
  readonly patienceMs?: number;
  /** Called when it falls silent, and when it answers again. */
  readonly onChange: () => void;
}

/**
 * Asks an API server for something small now and then: a watch that has gone
 * silent looks like one in which nothing changes.
 */
export class Heartbeat {
  readonly #kubernetes: Pick<KubernetesCluster, 'get'>;
  readonly #options: HeartbeatOptions;
  #lastAt?: Date;
  #why = 'it has not answered yet';
  #wasSilent = false;

  constructor(
    kubernetes: Pick<KubernetesCluster, 'get'>,
    options: HeartbeatOptions,
  ) {
    this.#kubernetes = kubernetes;
    this.#options = options;
  }

  /** When it answered last. */
  get lastAt(): Date | undefined {
    return this.#lastAt;
  }

  /** Since when it is silent, and why; undefined: it is not, or has never been asked. */
  silence(): { readonly since: Date; readonly why: string } | undefined {
    const since = this.#lastAt;
    const { clock, patienceMs = 30_000 } = this.#options;
    if (!since || clock().getTime() - since.getTime() <= patienceMs) {
      return undefined;
    }
    return { since, why: this.#why };
  }

  /** Asks until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs = 10_000 } = this.#options;
    while (!signal.aborted) {
      await orAborted(this.#beat(everyMs), signal);
      const isSilent = this.silence() !== undefined;
      if (isSilent !== this.#wasSilent) {
        this.#wasSilent = isSilent;
        this.#options.onChange();
      }
      await pause(everyMs, signal);
    }
  }

  async #beat(timeoutMs: number): Promise<void> {
    try {
      await withTimeout(timeoutMs, () => this.#kubernetes.get(SOMETHING));
    } catch (error) {
      const { name, message } = toError(error);
      if (!ALIVE.has(name)) {
        this.#why = message;
        return;
      }
    }
    this.#lastAt = this.#options.clock();
  }
}
