import { setTimeout as delay } from 'node:timers/promises';
import { quantile, type Figure } from '../figures';
import type { Counts, Memory } from './portal/messages';
import type { Portal } from './portal/Portal';
import { PROMISED_SIZE } from './options';

/** What is measured, and with what. */
export interface Scene {
  readonly portal: Portal;
  /** Namespaces of all databases. */
  readonly namespaces: readonly string[];
  /** Of a portal that has nothing to observe. */
  readonly idle: Memory;
  readonly restMs: number;
  readonly log: (line: string) => void;
}

const EVERY_MS = 100;

/** Whether anything is promised for so many databases. */
export function isPromised({ namespaces }: Pick<Scene, 'namespaces'>): boolean {
  return namespaces.length === PROMISED_SIZE;
}

/** A figure that is promised for one number of databases, and reported for others. */
export function figureOf(
  scene: Pick<Scene, 'namespaces'>,
  figure: Omit<Figure, 'goal'> & { readonly atMost?: number },
): Figure {
  const { atMost, name, ...rest } = figure;
  return {
    ...rest,
    name: `${scene.namespaces.length} databases: ${name}`,
    ...(atMost !== undefined &&
      isPromised(scene) && { goal: { bound: 'at most', value: atMost } }),
  };
}

/** Two quantiles of times in ms. */
export function timeFigures(
  scene: Pick<Scene, 'namespaces'>,
  name: string,
  times: readonly number[],
  goals: Readonly<Record<string, { share: number; atMost?: number }>>,
): Figure[] {
  return Object.entries(goals).map(([label, { share, atMost }]) =>
    figureOf(scene, {
      name: `${name}, ${label}`,
      value: times.length > 0 ? quantile(times, share) : NaN,
      unit: 'ms',
      atMost,
    }),
  );
}

/** Waits until something holds. @returns whether it did in time */
export async function holds(
  withinMs: number,
  test: () => boolean,
): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!test()) {
    if (Date.now() > end) return false;
    await delay(EVERY_MS);
  }
  return true;
}

/** Some of them, spread over all, each once where there are enough. */
export function someOf<T>(items: readonly T[], count: number): T[] {
  const step = items.length / count;
  return Array.from(
    { length: count },
    (_, i) => items[Math.floor(i * step) % items.length],
  );
}

export function sum(counts: Counts): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** The most frequent first. */
export function describeCounts(counts: Counts): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([what, count]) => `${what}: ${count}`)
    .join(', ');
}
