import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../figures';
import { describeCounts, figureOf, sum, type Scene } from './measure';

const MB = 1_000_000;
/** What the start has begun comes to its end first. */
const SETTLE_MS = 10_000;

/** What observing costs while nobody looks. */
export async function restFigures(scene: Scene): Promise<Figure[]> {
  const { portal, restMs, log } = scene;
  await delay(SETTLE_MS);
  await portal.ask('apiRequests');
  await delay(restMs);
  const { all: counts } = await portal.ask('apiRequests');
  log(`  asked at rest: ${describeCounts(counts)}`);
  return [
    figureOf(scene, {
      name: 'requests to the API server at rest, probes included',
      value: (sum(counts) / restMs) * 1_000,
      unit: '/s',
      atMost: 2,
    }),
  ];
}

/** What observing so many databases takes in memory. */
export async function memoryFigures(scene: Scene): Promise<Figure[]> {
  const { residentBytes, heapBytes } = await scene.portal.ask('memory');
  const { idle } = scene;
  return [
    figureOf(scene, {
      name: 'memory grown by observing',
      value: (residentBytes - idle.residentBytes) / MB,
      unit: 'MB',
      atMost: 200,
    }),
    figureOf(scene, {
      name: 'of it in use after garbage collection',
      value: (heapBytes - idle.heapBytes) / MB,
      unit: 'MB',
    }),
  ];
}
