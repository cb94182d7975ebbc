import type {
  DatabaseRef,
  ProvisioningEvent,
  ProvisionOutcome,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  DatabaseTools,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Clock } from './clock';
import { eventsOf, type Emit } from './events';
import { failedEvent } from './failure';
import { guarded } from './guarded';
import { Journal } from './Journal';
import { HeldLease } from './lease';
import { Redactor } from './Redactor';
import type { Run } from './Run';
import { NOTHING_OBSERVED } from './stages';

/** Makes the tools that act on one database, which speaks CQL unless its access says otherwise. */
export type CreateTools = (
  kubernetes: KubernetesCluster,
  ref: DatabaseRef,
  access?: Pick<AccessRecipe, 'protocol'>,
) => DatabaseTools;

/** Who runs it, and until when. */
export interface RunOptions {
  /** Stops the run; a reason named `CancelledError` means that the user asked, any other that the connection dropped. */
  readonly signal: AbortSignal;
  /** Entity ref of the user, or what else acts; the Lease names it. */
  readonly actor: string;
}

/** One run from its first event to its last: what it may use, and what it must let go of. */
export class Session {
  readonly signal: AbortSignal;
  readonly journal: Journal;
  readonly #stop = new AbortController();
  readonly #options: RunOptions;
  readonly #clock: Clock;
  readonly #emit: Emit;
  readonly #redactor: Redactor;
  #lease?: HeldLease;

  private constructor(
    options: RunOptions,
    clock: Clock,
    emit: Emit,
    redactor: Redactor,
    readerGone: AbortSignal,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#emit = emit;
    this.#redactor = redactor;
    this.journal = new Journal(emit);
    this.signal = AbortSignal.any([
      options.signal,
      readerGone,
      this.#stop.signal,
    ]);
  }

  /** The events of `work`; the last one is `done` or `failed`, and by then the Lease is released. */
  static events(
    options: RunOptions,
    clock: Clock,
    work: (session: Session) => Promise<ProvisionOutcome>,
  ): AsyncIterable<ProvisioningEvent> {
    const redactor = new Redactor();
    return eventsOf(clock, redactor.redact, async (emit, readerGone) => {
      const session = new Session(options, clock, emit, redactor, readerGone);
      emit(await session.#conclude(work));
    });
  }

  async #conclude(
    work: (session: Session) => Promise<ProvisionOutcome>,
  ): Promise<Parameters<Emit>[0]> {
    try {
      this.signal.throwIfAborted();
      return { type: 'done', outcome: await work(this) };
    } catch (error) {
      return failedEvent(error, this.signal, this.journal);
    } finally {
      await this.#lease?.release();
    }
  }

  info(message: string): void {
    this.#emit({ type: 'info', message });
  }

  /** The Kubernetes cluster as a run must use it. */
  guarded(kubernetes: KubernetesCluster): KubernetesCluster {
    return guarded(kubernetes, {
      signal: this.signal,
      clock: this.#clock,
      emit: this.#emit,
      beforeCall: async () => this.#lease?.ensure(),
    });
  }

  createRun(
    database: { ref: DatabaseRef; name: string },
    kubernetes: KubernetesCluster,
    createTools: CreateTools,
    access?: Pick<AccessRecipe, 'protocol'>,
  ): Run {
    return {
      ...database,
      kubernetes: this.guarded(kubernetes),
      tools: createTools(kubernetes, database.ref, access),
      signal: this.signal,
      clock: this.#clock,
      emit: this.#emit,
      journal: this.journal,
      redactor: this.#redactor,
      given: {},
      observed: NOTHING_OBSERVED,
      namespaceAnnotations: {},
    };
  }

  /** @throws RefusedError where someone else holds it */
  async takeLease(run: Run, unguarded: KubernetesCluster): Promise<void> {
    this.#lease = await HeldLease.take(
      {
        kubernetes: run.kubernetes,
        unguarded,
        namespace: run.ref.namespace,
        name: run.name,
        actor: this.#options.actor,
        clock: this.#clock,
        emit: this.#emit,
        signal: this.signal,
      },
      error => this.#stop.abort(error),
    );
  }

  /** For a Namespace that is about to go, and the Lease with it. */
  giveUpLease(): void {
    this.#lease?.stopRenewing();
    this.#lease = undefined;
  }
}
