import { median } from '../figures';

/**
 * Measures several ways in turns, so that whatever else the machine does meets
 * all alike. Each round begins with another way, and the first rounds, in
 * which programs warm up, do not count.
 *
 * @returns what each way gave, round by round
 */
export async function inTurns<K extends string, T>(
  ways: Readonly<Record<K, () => Promise<T>>>,
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
): Promise<Record<K, T[]>> {
  const names = Object.keys(ways) as K[];
  const results = Object.fromEntries(
    names.map(name => [name, [] as T[]]),
  ) as Record<K, T[]>;
  for (let round = 0; round < warmUps + rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      const result = await ways[name]();
      if (round >= warmUps) results[name].push(result);
    }
  }
  return results;
}

/** Each round's ratio of two ways, and the middle of them. */
export function ratioOf(
  values: readonly number[],
  peers: readonly number[],
): number {
  return median(values.map((value, round) => value / peers[round]));
}
