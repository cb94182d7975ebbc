/** 254 loopback addresses that no other holder of a block uses. */
export interface LoopbackBlock {
  /** @param index - from 1 to 253 */
  address(index: number): string;
  /** In CIDR notation. */
  readonly cidr: string;
  release(): Promise<void>;
}

/** Reserves a random `127.x.y.0/24` until it is released or this process ends. */
export async function allocateLoopbackBlock(): Promise<LoopbackBlock> {
  throw new Error('not built yet');
}
