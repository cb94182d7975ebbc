import type { Run } from './Run';

/** An unchanged reason is repeated so often: a silent stream looks like a dead one. */
const REPEAT_EVERY_MS = 10_000;
const TICK_MS = 1000;

/** Says what a run waits for and why that is not there yet: when the reason changes, and every ten seconds. */
export class Narrator {
  readonly #run: Run;
  readonly #subject: string;
  readonly #beganAt: number;
  #saidAt: number;
  #why: string;

  /** @param why - what is said before there is anything better */
  constructor(run: Run, subject: string, why: string) {
    this.#run = run;
    this.#subject = subject;
    this.#why = why;
    this.#beganAt = this.#now();
    this.#saidAt = this.#beganAt;
  }

  get why(): string {
    return this.#why;
  }

  elapsedMs(): number {
    return this.#now() - this.#beganAt;
  }

  say(why: string): void {
    if (why === this.#why) return;
    this.#why = why;
    this.#emit();
  }

  /** Repeats the reason until `signal` aborts, and rejects with that. */
  async repeat(signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.#run.clock.sleep(TICK_MS, signal);
      if (this.#now() - this.#saidAt >= REPEAT_EVERY_MS) this.#emit();
    }
  }

  #emit(): void {
    this.#saidAt = this.#now();
    this.#run.emit({
      type: 'waiting',
      wait: this.#subject,
      why: this.#why,
      elapsedMs: this.elapsedMs(),
    });
  }

  #now(): number {
    return this.#run.clock.now().getTime();
  }
}
