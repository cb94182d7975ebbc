import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../figures';
import {
  describeCounts,
  figureOf,
  isPromised,
  sum,
  type Scene,
} from './measure';
import type { Memory } from './portal/messages';

const MB = 1_000_000;
/** Requests are counted for so long where nothing is promised of them. */
const REST_MS_ELSE = 20_000;
/** At their first turn all databases are probed as soon as there is room: that is no rest. */
const FIRST_TURN_MS_MOST = 360_000;
/** Where nothing is promised, no more time is taken than it is worth. */
const FIRST_TURN_MS_ELSE = 90_000;
/** It is over once there were no more requests than this for so long. */
const QUIET_PER_SECOND = 3;
const QUIET_WINDOWS = 3;
const WINDOW_MS = 5_000;
const SECOND_MS = 1_000;

/** What observing costs while nobody looks, once each database was probed. */
export async function restFigures(scene: Scene): Promise<Figure[]> {
  const { portal, log } = scene;
  const first = await firstTurn(scene);
  log(`  asked at the first turn: ${describeCounts(first.counts)}`);
  const restMs = isPromised(scene)
    ? scene.restMs
    : Math.min(scene.restMs, REST_MS_ELSE);
  await delay(restMs);
  const { all: counts } = await portal.ask('apiRequests');
  log(`  asked at rest: ${describeCounts(counts)}`);
  return [
    figureOf(scene, {
      name: first.isOver
        ? 'until it is at rest after that'
        : 'not at rest yet after',
      value: first.ms / SECOND_MS,
      unit: 's',
    }),
    figureOf(scene, {
      name: 'requests to the API server in that time',
      value: (sum(first.counts) / first.ms) * SECOND_MS,
      unit: '/s',
    }),
    figureOf(scene, {
      name: 'requests to the API server at rest, probes included',
      value: (sum(counts) / restMs) * SECOND_MS,
      unit: '/s',
      atMost: 2,
    }),
  ];
}

/** Waits until requests have become few. */
async function firstTurn(scene: Scene) {
  const mostMs = isPromised(scene) ? FIRST_TURN_MS_MOST : FIRST_TURN_MS_ELSE;
  const counts: Record<string, number> = {};
  const startedAt = performance.now();
  const passedMs = () => performance.now() - startedAt;
  await scene.portal.ask('apiRequests');
  let quiet = 0;
  while (quiet < QUIET_WINDOWS && passedMs() < mostMs) {
    await delay(WINDOW_MS);
    const { all } = await scene.portal.ask('apiRequests');
    for (const [what, count] of Object.entries(all)) {
      counts[what] = (counts[what] ?? 0) + count;
    }
    const perSecond = (sum(all) / WINDOW_MS) * SECOND_MS;
    quiet = perSecond <= QUIET_PER_SECOND ? quiet + 1 : 0;
  }
  return { counts, ms: passedMs(), isOver: quiet === QUIET_WINDOWS };
}

/** What observing so many databases takes in memory. */
export async function memoryFigures(scene: Scene): Promise<Figure[]> {
  const memory = await scene.portal.ask('memory');
  const { residentBytes, heapBytes } = memory;
  const { idle, log } = scene;
  log(
    `  memory: ${describeMemory(memory)}; of an idle one: ${describeMemory(
      idle,
    )}`,
  );
  return [
    figureOf(scene, {
      name: 'memory grown by observing',
      value: (residentBytes - idle.residentBytes) / MB,
      unit: 'MB',
      atMost: 200,
    }),
    figureOf(scene, {
      name: 'the same with what its heap has in reserve',
      value: (memory.foundBytes - idle.foundBytes) / MB,
      unit: 'MB',
    }),
    figureOf(scene, {
      name: 'of it in use by objects and buffers',
      value: (heapBytes - idle.heapBytes) / MB,
      unit: 'MB',
    }),
  ];
}

function describeMemory(memory: Memory) {
  const text = (bytes: number) => `${Math.round(bytes / MB)} MB`;
  return `${text(memory.foundBytes)} resident, ${text(
    memory.residentBytes,
  )} after garbage collection, of it ${text(
    memory.reservedBytes,
  )} reserved as heap, ${text(memory.heapBytes)} in use`;
}
