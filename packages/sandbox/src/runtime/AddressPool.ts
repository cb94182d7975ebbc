import type { LoopbackBlock } from '@ringfence/data-plane';

/** Addresses in a block. */
const SIZE = 253;

/** Gives out loopback addresses; whoever asks again under the same name gets the same one. */
export class AddressPool {
  readonly #block: LoopbackBlock;
  readonly #taken = new Map<string, number>();

  constructor(block: LoopbackBlock) {
    this.#block = block;
  }

  /** @throws where all are taken */
  take(holder: string): string {
    const held = this.#taken.get(holder);
    if (held) return this.#block.address(held);
    const used = new Set(this.#taken.values());
    for (let index = 1; index <= SIZE; index++) {
      if (used.has(index)) continue;
      this.#taken.set(holder, index);
      return this.#block.address(index);
    }
    throw new Error(
      `All ${SIZE} addresses of the sandbox (${
        this.#block.cidr
      }) are taken: delete databases that are not needed`,
    );
  }

  release(holder: string): void {
    this.#taken.delete(holder);
  }
}
