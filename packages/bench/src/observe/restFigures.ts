import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../figures';
import { describeCounts, figureOf, sum, type Scene } from './measure';
import type { Memory } from './portal/messages';

const MB = 1_000_000;
/** At their first turn all databases are probed as soon as there is room: that is no rest. */
const FIRST_TURN_MS_EACH = 300;
const FIRST_TURN_MS_MOST = 300_000;

/** What observing costs while nobody looks, once each database was probed. */
export async function restFigures(scene: Scene): Promise<Figure[]> {
  const { portal, namespaces, restMs, log } = scene;
  const firstTurnMs = Math.min(
    namespaces.length * FIRST_TURN_MS_EACH,
    FIRST_TURN_MS_MOST,
  );
  await portal.ask('apiRequests');
  await delay(firstTurnMs);
  const first = await portal.ask('apiRequests');
  log(`  asked at the first turn: ${describeCounts(first.all)}`);
  await delay(restMs);
  const { all: counts } = await portal.ask('apiRequests');
  log(`  asked at rest: ${describeCounts(counts)}`);
  return [
    figureOf(scene, {
      name: `requests to the API server in the ${
        firstTurnMs / 1_000
      } s after that`,
      value: (sum(first.all) / firstTurnMs) * 1_000,
      unit: '/s',
    }),
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
