import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../figures';
import { lagFigures } from './lagFigures';
import { PROMISED_SIZE, readOptions } from './options';
import type { Memory } from './portal/messages';
import { Portal } from './portal/Portal';
import { memoryFigures, restFigures } from './restFigures';
import { startFigures } from './startFigures';
import { fleetFigures, peerFigures, reportFigures } from './viewFigures';
import { startWorld, type World } from './world';

type Log = (line: string) => void;

/** Longer than what a start begins takes where there is nothing to observe. */
const IDLE_MS = 20_000;

/** In this order: at rest before anybody looks, and what changes databases late. */
const MEASURED = [
  startFigures,
  restFigures,
  memoryFigures,
  reportFigures,
  fleetFigures,
  lagFigures,
  peerFigures,
];

/**
 * A portal that observes many databases on a real control plane. Figures are
 * promised for 1,000 databases; others show how they grow.
 */
export async function benchObserve(
  log: Log,
  args: readonly string[],
): Promise<Figure[]> {
  const options = readOptions(args);
  if (!options.sizes.includes(PROMISED_SIZE)) {
    log(`Nothing is promised for other numbers than ${PROMISED_SIZE}`);
  }
  log('Starting the control plane, and one database to copy');
  const world = await startWorld(log);
  try {
    const idle = await idleMemory(world);
    const figures: Figure[] = [];
    for (const size of options.sizes) {
      log(`Making databases until there are ${size}`);
      await world.fill(size);
      figures.push(...(await figuresFor(world, idle, options.restMs, log)));
    }
    return figures;
  } finally {
    await world.stop();
  }
}

async function idleMemory(world: World): Promise<Memory> {
  const portal = await Portal.start(world);
  try {
    await delay(IDLE_MS);
    return await portal.ask('memory');
  } finally {
    await portal.stop();
  }
}

async function figuresFor(
  world: World,
  idle: Memory,
  restMs: number,
  log: Log,
): Promise<Figure[]> {
  const { namespaces, kubernetes } = world;
  log(`Starting a portal that observes ${namespaces.length} databases`);
  const portal = await Portal.start(world);
  const scene = { portal, namespaces, idle, restMs, log };
  try {
    const figures: Figure[] = [];
    for (const figuresOf of MEASURED) {
      figures.push(...(await figuresOf(scene, kubernetes)));
    }
    return figures;
  } finally {
    await portal.stop();
  }
}
