import type { ObjectRef } from '@ringfence/backstage-plugin-ringfence-node';
import type { Emit } from './events';
import { describeObject } from './objects';

type ObjectChange = 'created' | 'configured' | 'unchanged' | 'deleted' | 'kept';

/** What a run did so far, and says as it does it. */
export class Journal {
  readonly #emit: Emit;
  readonly #counts = new Map<ObjectChange, number>();
  #last?: string;
  #acted = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  record(ref: ObjectRef, change: ObjectChange): void {
    const object = describeObject(ref);
    this.#counts.set(change, this.count(change) + 1);
    this.#last = object;
    this.#emit({ type: 'object', object, change });
  }

  /** Something other than an object was brought about. */
  acted(message: string): void {
    this.#acted = true;
    this.#emit({ type: 'info', message });
  }

  count(change: ObjectChange): number {
    return this.#counts.get(change) ?? 0;
  }

  /** Whether any object is other than it was. */
  get changed(): boolean {
    return (
      this.count('created') + this.count('configured') + this.count('deleted') >
      0
    );
  }

  /** Whether anything was touched: only then is there something to go on from. */
  get begun(): boolean {
    return this.#last !== undefined || this.#acted;
  }

  /** "Stopped after Gateway orders/orders-gateway: 4 objects created, 2 unchanged". */
  describe(): string {
    if (!this.#last) return 'Stopped before anything was changed';
    const counts = [...this.#counts]
      .map(([change, count]) => `${count} ${change}`)
      .join(', ');
    return `Stopped after ${this.#last}; objects so far: ${counts}`;
  }
}
